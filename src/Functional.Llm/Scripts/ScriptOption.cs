using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>One option of a script: a property of its options record, with its name, limits and default.</summary>
/// <param name="Property">The property that the option sets.</param>
/// <param name="Default">Its value where the option is not given.</param>
/// <param name="Example">The script's example command, from which errors take an example of a value.</param>
internal sealed record ScriptOption(PropertyInfo Property, object? Default, string Example)
{
    /// <summary>What has to be left of an options record where a program is trimmed.</summary>
    public const DynamicallyAccessedMemberTypes Properties = DynamicallyAccessedMemberTypes.PublicProperties;

    readonly OptionKind kind = Property.IsDefined(typeof(RepeatedAttribute)) ? OptionKind.Item : OptionKind.Of(Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType);
    readonly HelpAttribute? help = Property.GetCustomAttribute<HelpAttribute>();
    readonly LimitAttribute? limit = Property.GetCustomAttribute<LimitAttribute>();

    /// <summary>As one writes it: <c>--hidden-units</c>.</summary>
    public string Name { get; } = "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(Property.Name);

    /// <summary>Whether the option stands alone, without a value.</summary>
    public bool IsFlag => kind.Value.Length == 0;

    /// <summary>Whether it may be given several times, each time with one of its texts.</summary>
    public bool IsRepeated => kind == OptionKind.Item;

    /// <summary>What the option means.</summary>
    public string Help => help?.Text ?? "";

    /// <summary>The name of its value in <c>--help</c>; empty for a flag.</summary>
    public string Value => help?.Value ?? kind.Value;

    /// <summary>Whether its value is a path.</summary>
    bool IsPath => Value.Split('|').Any(name => name is "FILE" or "FOLDER");

    /// <summary>What its value has to be, in words.</summary>
    public string Expected => limit?.Words(kind.Noun) ?? (kind.Expected.Length > 0 ? kind.Expected : Value);

    /// <summary>What its value has to be, with an example where there is one.</summary>
    public string Expectation => Expected + ((ExampleValue ?? WrittenDefault) is { } value ? $", for example {Name} {value}" : "");

    /// <summary>Whether <see cref="Expected"/> says more than the name of the value does.</summary>
    public bool IsLimited => limit is not null;

    /// <summary>The default as one would write it, or null where there is none to speak of.</summary>
    public string? WrittenDefault => Default switch
    {
        null or bool or ImmutableArray<string> { IsDefaultOrEmpty: true } or ImmutableArray<int> { IsDefaultOrEmpty: true } => null,
        Enum choice => JsonNamingPolicy.KebabCaseLower.ConvertName(choice.ToString()),
        IEnumerable items and not string => string.Join(',', items.Cast<object>()),
        _ => Convert.ToString(Default, CultureInfo.InvariantCulture),
    };

    /// <summary>The options of a record, its own before those that every script has.</summary>
    public static ImmutableArray<ScriptOption> All<[DynamicallyAccessedMembers(Properties)] T>(T defaults, string example) where T : ScriptOptions => [.. typeof(T)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } && !typeof(T).GetCustomAttributes<WithoutAttribute>().Any(without => without.Names.Contains(property.Name)))
        .OrderBy(property => property.DeclaringType == typeof(ScriptOptions))
        .Select(property => new ScriptOption(property, property.GetValue(defaults), example))];

    string? ExampleValue => Example.Split(' ').SkipWhile(word => word != Name).Skip(1).FirstOrDefault();

    /// <summary>The value that a text stands for.</summary>
    /// <exception cref="UsageException">It stands for none, or for one out of the option's range.</exception>
    public object Parse(string text)
    {
        if (text.Length == 0 && IsPath)
            throw new UsageException($"{Name}: the path is empty; expected {Expectation}");
        try
        {
            var value = kind.Read(text);
            return limit?.Allows(Convert.ToDouble(value, CultureInfo.InvariantCulture)) is false ? throw new OverflowException() : value;
        }
        catch (FormatException e)
        {
            throw new UsageException($"{Name}: {Spelling.Quoted(text)} is not a {kind.Noun}; expected {Expectation}", e);
        }
        catch (OverflowException e)
        {
            throw new UsageException($"{Name}: {Spelling.Quoted(text)} is {(IsTooLarge(text) ? "too large" : "out of range")}; expected {Expectation}", e);
        }
    }

    /// <summary>Whether a number is what is expected, but for its type.</summary>
    bool IsTooLarge(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && limit?.Allows(number) is not false;
}
