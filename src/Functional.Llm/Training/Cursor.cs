namespace Functional.Llm;

/// <summary>Where training stands in its data: a value, from which the very same batches follow as would have followed without a break.</summary>
/// <param name="Epoch">How many passes over the data are complete.</param>
/// <param name="Position">How many batches of this pass were given.</param>
/// <param name="Key">What all orders and draws are functions of; null for the order of the data.</param>
public readonly record struct Cursor(long Epoch, long Position, Key? Key)
{
    /// <summary>Before the first batch.</summary>
    public static Cursor Start(Key? key = null) => new(0, 0, key);
}
