using System.Text.RegularExpressions;

namespace Functional.Llm.Tests;

/// <summary>A source file of this repository.</summary>
/// <param name="Path">From the repository's folder on, with forward slashes.</param>
sealed partial record CodeFile(string Path, string Text)
{
    /// <summary>The text without comments and without what stands in quotes; every line keeps its place.</summary>
    public string Code { get; } = Quoted().Replace(Text, match => string.Concat(match.Value.Where(c => c == '\n')) is var lines && match.Value[0] == '/' ? lines : $"\"{lines}\"");

    public string Name => System.IO.Path.GetFileName(Path);

    public int Lines => Text.AsSpan().Count('\n');

    /// <summary>Where in the file a place of the text is.</summary>
    public int LineOf(int place) => Text.Length == 0 ? 1 : Code.AsSpan(0, place).Count('\n') + 1;

    /// <summary>The .cs and .csx files below some folders, those that a build writes left out.</summary>
    public static IReadOnlyList<CodeFile> Below(params ReadOnlySpan<string> folders)
    {
        var files = new List<CodeFile>();
        foreach (var folder in folders)
        {
            var found = Directory.EnumerateFiles(System.IO.Path.Combine(ScriptFolder.Repository, folder), "*.cs*", SearchOption.AllDirectories)
                .Select(path => System.IO.Path.GetRelativePath(ScriptFolder.Repository, path).Replace('\\', '/'))
                .Where(path => (path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".csx", StringComparison.Ordinal)) && !Built().IsMatch(path))
                .Order(StringComparer.Ordinal);
            files.AddRange(found.Select(path => new CodeFile(path, File.ReadAllText(System.IO.Path.Combine(ScriptFolder.Repository, path)))));
        }

        return files;
    }

    /// <summary>Where a pattern occurs in the code, as <c>path:line: what</c>.</summary>
    public IEnumerable<string> Find(Regex pattern) => pattern.Matches(Code).Select(match => $"{Path}:{LineOf(match.Index)}: {match.Value.Trim()}");

    [GeneratedRegex("""\"{3}[\s\S]*?\"{3}|\$?@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*[\s\S]*?\*/""", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quoted();

    [GeneratedRegex("(^|/)(bin|obj)/", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Built();
}
