namespace Functional.Llm;

/// <summary>A tokenizer for a model with more ids than it has: each of those is written as U+FFFD, the character for what cannot be shown.</summary>
/// <remarks>Models have such ids where their vocabulary is rounded up. Hugging Face's decoders leave them out without a word.</remarks>
sealed class WiderTokenizer(Tokenizer tokenizer, int size) : Tokenizer
{
    const string Replacement = "\uFFFD";

    public override int VocabularySize => size;

    public override ImmutableArray<int> EndIds => tokenizer.EndIds;

    public override ImmutableArray<int> BeginIds => tokenizer.BeginIds;

    public override ImmutableArray<int> EncodeToIds(string text) => tokenizer.EncodeToIds(text);

    public override ReadOnlyMemory<byte> Bytes(int id) => Has(id) ? tokenizer.Bytes(id) : id >= 0 && id < size ? "\uFFFD"u8.ToArray() : throw NoSuchId(id);

    public override string Decode(IEnumerable<int> ids) => string.Concat(DecodeInPieces(ids));

    /// <summary>Between two ids that the tokenizer lacks stands a text of its own.</summary>
    public override IEnumerable<string> DecodeInPieces(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var source = ids.GetEnumerator();
        var (isOver, isRunOver) = (false, false);
        while (!isOver)
        {
            isRunOver = false;
            foreach (var piece in tokenizer.DecodeInPieces(Run()))
                yield return isRunOver && !isOver ? piece + Replacement : piece;
        }

        // The ids up to one that the tokenizer lacks; what is left of their text comes with that one.
        IEnumerable<int> Run()
        {
            while (true)
            {
                isOver = !source.MoveNext();
                isRunOver = isOver || !Has(source.Current);
                if (isRunOver)
                    yield break;
                yield return source.Current;
            }
        }
    }

    internal override int LastCut(ReadOnlySpan<char> text) => tokenizer.LastCut(text);

    bool Has(int id)
    {
        try
        {
            return id < tokenizer.VocabularySize && tokenizer.Bytes(id).Length >= 0;
        }
        catch (TokenizerException)
        {
            return false;   // a gap before its special tokens
        }
    }
}
