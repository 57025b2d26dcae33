namespace Functional.Llm;

/// <summary>A long sequence of token ids that is read piece by piece, so that it may be larger than memory.</summary>
public interface ITokenSource
{
    /// <summary>The number of ids.</summary>
    long Count { get; }

    /// <summary>Copies the ids from the place <paramref name="start"/> on until the destination is full.</summary>
    void Read(long start, Span<int> destination);
}

/// <summary>Ids in memory.</summary>
/// <param name="Ids">The ids.</param>
public sealed record TokenArray(ImmutableArray<int> Ids) : ITokenSource
{
    /// <inheritdoc/>
    public long Count => Ids.Length;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The places are not all there.</exception>
    public void Read(long start, Span<int> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count - destination.Length);
        Ids.AsSpan().Slice((int)start, destination.Length).CopyTo(destination);
    }
}
