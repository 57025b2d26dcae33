namespace Functional.Llm.ScriptHost;

/// <summary>Where assemblies are found, for the compiler and for the running script alike.</summary>
/// <remarks>What the framework has is the framework's: a copy beside a referenced assembly never makes a second type of one name.</remarks>
static class AssemblyFiles
{
    static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>All assemblies of the framework.</summary>
    public static IEnumerable<string> Framework =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetDirectoryName(path) == FrameworkFolder);

    /// <summary>The framework's assembly of a name without extension; null when it has none.</summary>
    public static string? InFramework(string name) => Existing(FrameworkFolder, name);

    /// <summary>The assembly of a name without extension that lies beside a file; null when there is none.</summary>
    public static string? Beside(string file, string name) => Existing(Path.GetDirectoryName(file)!, name);

    static string? Existing(string folder, string name) =>
        Path.Combine(folder, name + ".dll") is var path && File.Exists(path) ? path : null;
}
