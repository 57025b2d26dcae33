namespace Functional.Llm;

/// <summary>One line of a terminal that is written over and over while work goes on, and cleared behind it.</summary>
internal static class ProgressLine
{
    /// <summary>What clears it.</summary>
    public const string Clear = "\r\e[K";
    const int Width = 78;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.1);

    /// <summary>The source itself; on the way, its newest element is shown, at most once in a <see cref="Pause"/>.</summary>
    public static IEnumerable<X> Show<X>(IEnumerable<X> source, Func<X, string> line, TextWriter writer, TimeProvider clock)
    {
        var shown = default(long?);
        try
        {
            foreach (var x in source)
            {
                if (shown is not { } last || clock.GetElapsedTime(last) >= Pause)
                {
                    shown = clock.GetTimestamp();
                    var text = Spelling.OneLine(line(x));
                    writer.Write(Clear + (text.Length > Width ? text[..Width] : text));
                }
                yield return x;
            }
        }
        finally
        {
            if (shown is not null)
                writer.Write(Clear);
        }
    }
}
