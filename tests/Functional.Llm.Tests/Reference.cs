using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Numbers published by independent implementations, in the folder that FUNCTIONAL_LLM_REFERENCE names.</summary>
static class Reference
{
    public const string Variable = "FUNCTIONAL_LLM_REFERENCE";

    /// <summary>Where a file or a folder is, by its path in the folder.</summary>
    public static string Path(string name) => TestFiles.Path(Variable, name);

    /// <summary>The root of a JSON file.</summary>
    public static JsonElement Json(string name) => TestFiles.Json(Path(name));
}

/// <summary>Data sets, texts and weights, in the folder that FUNCTIONAL_LLM_DATA names.</summary>
static class Data
{
    public const string Variable = "FUNCTIONAL_LLM_DATA";

    /// <inheritdoc cref="Reference.Path"/>
    public static string Path(string name) => TestFiles.Path(Variable, name);

    /// <inheritdoc cref="Reference.Json"/>
    public static JsonElement Json(string name) => TestFiles.Json(Path(name));
}

/// <summary>A test that reads reference files: skipped, saying why, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
[SuppressMessage("Design", "CA1019:Define accessors for attribute arguments", Justification = "Only the reason to skip matters afterwards.")]
sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute(params string[] files) => Skip = TestFiles.Missing(Reference.Variable, files);
}

/// <summary>A test that reads data files: skipped, saying why, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
[SuppressMessage("Design", "CA1019:Define accessors for attribute arguments", Justification = "Only the reason to skip matters afterwards.")]
sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(params string[] files) => Skip = TestFiles.Missing(Data.Variable, files);
}

/// <summary>Files that do not come with the sources, in folders that environment variables name.</summary>
static class TestFiles
{
    public static string Path(string variable, string name) =>
        Missing(variable, [name]) is { } reason ? throw new FileNotFoundException(reason) : Locate(variable, name)!;

    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    /// <summary>Why the files cannot be read, or null where they can.</summary>
    public static string? Missing(string variable, IEnumerable<string> names) =>
        Folder(variable) is null ? $"{variable} is not set: it names the folder of the files that this test reads."
        : names.FirstOrDefault(name => !System.IO.Path.Exists(Locate(variable, name))) is { } absent ? $"{absent} is not in the folder that {variable} names."
        : null;

    static string? Locate(string variable, string name) => Folder(variable) is { } folder ? System.IO.Path.Combine(folder, name) : null;

    static string? Folder(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder ? folder : null;
}
