using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Functional.Llm;

/// <summary>A text as ids: what is learnt from, and what the model never sees.</summary>
/// <param name="Training">The first nine tenths.</param>
/// <param name="Validation">The rest.</param>
public sealed record PretrainingText(ITokenSource Training, ITokenSource Validation)
{
    const int ValidationShare = 10;

    /// <summary>A text, split at nine tenths and encoded; no character is cut in two.</summary>
    public static PretrainingText Of(string text, Tokenizer tokenizer)
    {
        var cut = (int)(text.Length * (1 - 1.0 / ValidationShare));
        if (cut > 0 && char.IsSurrogatePair(text, cut - 1))
            cut--;
        return new(new TokenArray(tokenizer.EncodeToIds(text[..cut])), new TokenArray(tokenizer.EncodeToIds(text[cut..])));
    }

    /// <summary>Ids, split at nine tenths.</summary>
    public static PretrainingText Of(ITokenSource ids)
    {
        var cut = ids.Count - ids.Count / ValidationShare;
        return new(new Part(ids, 0, cut), new Part(ids, cut, ids.Count - cut));
    }

    /// <summary>Refuses a text that has no window for a model.</summary>
    /// <exception cref="FunctionalLlmException">A part is shorter than a window and the token that follows it.</exception>
    public void Check(int context)
    {
        if (Training.Count <= context || Validation.Count <= context)
        {
            throw new FunctionalLlmException($"the text has {Training.Count:N0} tokens to learn from and {Validation.Count:N0} to be judged by; "
                + $"expected more than the context, {context:N0}, of each; give a longer text, or a smaller --context");
        }
    }

    /// <summary>What tells this text from all others: the SHA-256 over its ids, 64 digits in lower case.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new int[1 << 14];
        foreach (var ids in new[] { Training, Validation })
        {
            for (var start = 0L; start < ids.Count; start += block.Length)
            {
                var part = block.AsSpan(0, (int)Math.Min(block.Length, ids.Count - start));
                ids.Read(start, part);
                hash.AppendData(MemoryMarshal.AsBytes(part));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The mean loss over the windows of a text that do not overlap, or over as many of them, evenly spaced, as are asked for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The text.</param>
    /// <param name="batch">Windows that are computed at a time.</param>
    /// <param name="most">The most windows.</param>
    public static double Loss(Pretrained model, ITokenSource ids, int batch, int most)
    {
        var all = new Windows(ids, model.Context, model.Context, 1).Count;
        var windows = new Windows(ids, model.Context, model.Context * (int)Math.Max(1, all / most), batch);
        var (sum, count) = (0.0, 0);
        foreach (var (inputs, targets) in windows.Epoch())
        {
            var rows = inputs.Shape.Sizes[0];
            (sum, count) = (sum + rows * (double)model.Loss(inputs, targets), count + rows);
        }

        return sum / count;
    }

    sealed class Part(ITokenSource ids, long first, long count) : ITokenSource
    {
        public long Count => count;

        public void Read(long start, Span<int> destination)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(start, count - destination.Length);
            ids.Read(first + start, destination);
        }
    }
}
