using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace FsCheck.Xunit;

/// <summary>A test method whose arguments FsCheck draws, many times; a failure is shrunk to a small counterexample.</summary>
/// <remarks>
/// The names and the meaning are those of the package FsCheck.Xunit, which can take the place of this folder by one reference.
/// The method returns nothing, a bool, a task or a <see cref="Property"/>. One instance of the class serves all draws of a property.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
[SuppressMessage("Performance", "CA1813:Avoid unsealed attributes", Justification = "Derived attributes carry settings that many properties share.")]
[XunitTestCaseDiscoverer("FsCheck.Xunit.PropertyDiscoverer", AssemblyName)]
public class PropertyAttribute : FactAttribute
{
#if REAL_IS_DOUBLE
    const string AssemblyName = "Functional.Llm.DoubleTests";
#else
    const string AssemblyName = "Functional.Llm.Tests";
#endif

    Func<Config, Config> settings = config => config;

    /// <summary>How many draws must pass; FsCheck's default is 100.</summary>
    public int MaxTest { get; set { field = value; Set(config => config.WithMaxTest(value)); } }

    /// <summary>How many draws may be rejected, as by a precondition, before the property counts as untested.</summary>
    public int MaxRejected { get; set { field = value; Set(config => config.WithMaxRejected(value)); } }

    /// <summary>The size of the first draw; sizes grow from there to <see cref="EndSize"/>.</summary>
    public int StartSize { get; set { field = value; Set(config => config.WithStartSize(value)); } }

    /// <summary>The size of the last draw.</summary>
    public int EndSize { get; set { field = value; Set(config => config.WithEndSize(value)); } }

    /// <summary>How many draws run at a time; one, unless set.</summary>
    public int Parallelism { get; set { field = value; Set(config => config.WithParallelRunConfig(new ParallelRunConfig(value))); } }

    /// <summary>Draws again what failed: the triple that a failure prints, <c>(seed,gamma,size)</c>, or <c>(seed,gamma)</c> for the whole run.</summary>
    public string? Replay { get; set { field = value; Set(config => config.WithReplay(ParseReplay(value))); } }

    /// <summary>Types whose static members of type <see cref="Arbitrary{T}"/> say how to draw a T; the first type wins.</summary>
    public Type[] Arbitrary { get; set { field = value; Set(config => config.WithArbitrary(value)); } } = [];

    /// <summary>Writes every drawn and every shrunk argument to the test's output.</summary>
    public bool Verbose { get; set { field = value; Set(config => value ? config.WithEvery(Config.Verbose.Every).WithEveryShrink(Config.Verbose.EveryShrink) : config); } }

    /// <summary>Writes nothing to the test's output when the property holds.</summary>
    public bool QuietOnSuccess { get; set { field = value; Set(config => config.WithQuietOnSuccess(value)); } }

    /// <summary>What was set here, laid over settings from further out.</summary>
    internal Config Over(Config outer) => settings(outer);

    void Set(Func<Config, Config> setting)
    {
        var before = settings;
        settings = config => setting(before(config));
    }

    static Replay? ParseReplay(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var parts = text.Trim('(', ')').Split(',', StringSplitOptions.TrimEntries);
        return parts.Length is 2 or 3
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var gamma)
            && int.TryParse(parts.ElementAtOrDefault(2) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? new(new Rnd(seed, gamma), parts.Length == 3 ? size : null)
                : throw new FormatException($"Replay: \"{text}\" is not (seed,gamma) or (seed,gamma,size). Paste what the failing property printed.");
    }
}

/// <summary>Settings for all properties of a class, or of an assembly; a property's own settings lie over them.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class PropertiesAttribute : PropertyAttribute;

/// <summary>Tells xunit that a method with <see cref="PropertyAttribute"/> is one test case.</summary>
public sealed class PropertyDiscoverer(IMessageSink? messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "xunit disposes of test cases.")]
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new PropertyTestCase(messages, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}
