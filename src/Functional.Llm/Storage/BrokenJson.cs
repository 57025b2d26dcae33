using System.Text;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>What is said of a file that is no JSON: line and column, counted from 1, and what stands there.</summary>
static class BrokenJson
{
    /// <summary>So much of what stands there is shown.</summary>
    const int Shown = 16;

    /// <summary>The beginning of a message, up to what was expected.</summary>
    /// <param name="path">The file.</param>
    /// <param name="json">Its bytes.</param>
    /// <param name="depth">How many arrays and objects may be in each other.</param>
    /// <param name="e">What the parser said of it, whose places are counted from 0, and in bytes.</param>
    /// <param name="part">The part of a binary file that it is, in which places are bytes; null for a file of its own.</param>
    public static string Told(string path, ReadOnlySpan<byte> json, int depth, JsonException e, string? part = null)
    {
        if (e is not { LineNumber: { } line, BytePositionInLine: { } place })
            return $"{path}: no JSON: a name is there twice";
        var start = 0;
        for (var i = 0L; i < line; i++)
            start += json[start..].IndexOf((byte)'\n') + 1;
        var end = (int)Math.Min(start + place, json.Length);
        var rest = json[end..];
        var where = part is null ? $"{path}:{line + 1}:{Encoding.UTF8.GetCharCount(json[start..end]) + 1}: no JSON:" : $"{path}: byte {end:N0} of {part}: no JSON:";
        return rest.IsEmpty ? $"{where} {part ?? "the file"} ends here"
            : e.Message.Contains("depth", StringComparison.Ordinal) ? $"{where} more than {depth} arrays and objects in each other"
            : $"{where} {Spelling.Quoted(Beginning(rest))} cannot stand here";
    }

    /// <summary>The first characters of a line.</summary>
    static string Beginning(ReadOnlySpan<byte> rest)
    {
        var text = Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, 4 * Shown)]).Split('\n')[0].TrimEnd('\r');
        return text.Length == 0 ? "\n" : text.Length <= Shown ? text : text[..Shown] + "…";
    }
}
