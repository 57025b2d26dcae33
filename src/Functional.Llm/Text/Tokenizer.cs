using System.Buffers;
using System.Text;

namespace Functional.Llm;

/// <summary>Text to ids and back. An immutable value: what is learnt, read or allowed comes as another tokenizer.</summary>
public abstract class Tokenizer
{
    /// <summary>How many ids there are: each is from 0 to this number − 1.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The ids of a text.</summary>
    /// <exception cref="TokenizerException">The text has something that the vocabulary cannot express.</exception>
    public abstract ImmutableArray<int> EncodeToIds(string text);

    /// <summary>The ids of a text that is read as they are taken: the same as those of the whole text at once.</summary>
    /// <exception cref="TokenizerException">The text has something that the vocabulary cannot express.</exception>
    public virtual IEnumerable<int> EncodeToIds(TextReader text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TextBlocks.Of(text, LastCut).SelectMany(block => EncodeToIds(block));
    }

    /// <summary>How many ids a text has.</summary>
    /// <exception cref="TokenizerException">The text has something that the vocabulary cannot express.</exception>
    public virtual int CountTokens(string text) => EncodeToIds(text).Length;

    /// <summary>What the token of an id adds to a text, in UTF-8; it may begin or end within a character.</summary>
    /// <exception cref="TokenizerException">There is no such id.</exception>
    public abstract ReadOnlyMemory<byte> Bytes(int id);

    /// <summary>The ids of the tokens that stand between texts, such as <c>&lt;|endoftext|&gt;</c>: where one comes, a text is at its end.</summary>
    public virtual ImmutableArray<int> EndIds => [];

    /// <summary>The text of some ids. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="TokenizerException">There is no such id.</exception>
    public virtual string Decode(IEnumerable<int> ids) => Encoding.UTF8.GetString(DecodeToBytes(ids));

    /// <summary>The text of ids as they come: a piece for each, and one for what is left at the end. No piece ends within a character; together they are <see cref="Decode"/> of all.</summary>
    /// <exception cref="TokenizerException">There is no such id.</exception>
    public virtual IEnumerable<string> DecodeInPieces(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        byte[] waiting = [];
        var hasBegun = false;
        foreach (var id in ids)
        {
            // What begins a text may be decoded otherwise than what goes on with it.
            byte[] bytes = [.. waiting, .. hasBegun ? Bytes(id).Span : DecodeToBytes([id])];
            hasBegun |= !Bytes(id).IsEmpty;
            var whole = bytes.Length - Unfinished(bytes);
            waiting = bytes[whole..];
            yield return Encoding.UTF8.GetString(bytes.AsSpan(..whole));
        }

        yield return Encoding.UTF8.GetString(waiting);
    }

    /// <summary>The same tokenizer for a model of so many ids, of which those that it lacks are written as U+FFFD.</summary>
    public virtual Tokenizer Widened(int size) => new WiderTokenizer(this, size);

    /// <summary>How many bytes at the end are the beginning of a character that more bytes may finish.</summary>
    static int Unfinished(ReadOnlySpan<byte> bytes)
    {
        for (var count = Math.Min(3, bytes.Length); count > 0; count--)
        {
            if (Rune.DecodeFromUtf8(bytes[^count..], out _, out _) == OperationStatus.NeedMoreData)
                return count;
        }

        return 0;
    }

    /// <summary>The bytes of some ids, in UTF-8 where they are text.</summary>
    /// <exception cref="TokenizerException">There is no such id.</exception>
    public virtual byte[] DecodeToBytes(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var bytes = new MemoryStream();
        foreach (var id in ids)
            bytes.Write(Bytes(id).Span);
        return bytes.ToArray();
    }

    /// <summary>The ids that stand in front of every text that models of this tokenizer learn from, such as that of <c>&lt;s&gt;</c>; they are no part of what is encoded.</summary>
    public virtual ImmutableArray<int> BeginIds => [];

    /// <summary>The last place where a text can be cut so that the ids of its parts are the ids of the whole; 0 where there is none.</summary>
    internal abstract int LastCut(ReadOnlySpan<char> text);

    /// <summary>What a text begins with where nobody says what: a new line, or the vocabulary's first token where it has none.</summary>
    public ImmutableArray<int> Opening
    {
        get
        {
            try
            {
                return EncodeToIds("\n") is { IsEmpty: false } line ? line : [0];
            }
            catch (TokenizerException)
            {
                return [0];
            }
        }
    }

    /// <summary>The error for an id that is not in the vocabulary.</summary>
    protected TokenizerException NoSuchId(int id) =>
        new($"decode: there is no token {id}. Pass ids from 0 to {VocabularySize - 1}, as this tokenizer makes them.");
}
