using System.Buffers;
using System.Text;

namespace Functional.Llm;

/// <summary>Texts that are one token each where they are allowed, as <c>&lt;|endoftext|&gt;</c>; elsewhere they are text as any other.</summary>
sealed class SpecialTokens
{
    readonly (byte[] Bytes, int Id)[] allowed;
    readonly SearchValues<byte> beginnings;

    /// <summary>No special tokens.</summary>
    public static SpecialTokens None { get; } = new(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal), [], []);

    /// <summary>Special tokens by their texts, of which some are allowed, and some recognised always.</summary>
    public SpecialTokens(ImmutableSortedDictionary<string, int> ids, ImmutableHashSet<string> allowedTexts, ImmutableHashSet<string> always)
    {
        (Ids, Allowed, Always) = (ids, allowedTexts.Union(always), always);
        allowed = [.. ids.Where(special => Allowed.Contains(special.Key)).Select(special => (Encoding.UTF8.GetBytes(special.Key), special.Value))
            .OrderByDescending(special => special.Item1.Length)];
        beginnings = SearchValues.Create([.. allowed.Select(special => special.Bytes[0])]);
    }

    /// <summary>The id of each text.</summary>
    public ImmutableSortedDictionary<string, int> Ids { get; }

    /// <summary>The texts that are recognised.</summary>
    public ImmutableHashSet<string> Allowed { get; }

    /// <summary>The texts that are recognised whatever a caller allows: words that were added to a vocabulary.</summary>
    public ImmutableHashSet<string> Always { get; }

    /// <summary>Whether a cut before a space could go through one that is allowed.</summary>
    public bool HaveSpaces => Allowed.Any(name => name.Contains(' ', StringComparison.Ordinal));

    /// <summary>The first special token that is allowed, and of several at one place the longest.</summary>
    /// <returns>Its place, length and id; the end of the text, 0 and −1 where there is none.</returns>
    public (int Place, int Length, int Id) Find(ReadOnlySpan<byte> text)
    {
        for (var place = 0; allowed.Length > 0 && text[place..].IndexOfAny(beginnings) is >= 0 and var ahead; place++)
        {
            place += ahead;
            foreach (var (bytes, id) in allowed)
            {
                if (text[place..].StartsWith(bytes))
                    return (place, bytes.Length, id);
            }
        }

        return (text.Length, 0, -1);
    }
}
