using System.Text;

namespace Functional.Llm;

/// <summary>A text in blocks, so that it need not be in memory as a whole.</summary>
static class TextBlocks
{
    /// <summary>Characters that are read at a time.</summary>
    const int Size = 1 << 20;

    /// <summary>Finds the last place where a text may be cut; 0 where there is none.</summary>
    public delegate int Cut(ReadOnlySpan<char> text);

    /// <summary>The blocks of a text, cut where <paramref name="lastCut"/> allows it. A text without such a place is one block.</summary>
    public static IEnumerable<string> Of(TextReader text, Cut lastCut)
    {
        var (buffer, pending) = (new char[Size], new StringBuilder());
        for (int read; (read = text.ReadBlock(buffer)) > 0;)
        {
            var cut = lastCut(buffer.AsSpan(0, read));
            if (cut > 0)
            {
                yield return pending.Append(buffer, 0, cut).ToString();
                pending.Clear();
            }

            pending.Append(buffer, cut, read - cut);
        }

        if (pending.Length > 0)
            yield return pending.ToString();
    }
}
