namespace Functional.Llm;

/// <summary>What the heads of a block of causal attention are.</summary>
/// <param name="Heads">H, how many queries a place has.</param>
/// <param name="Groups">G, how many keys and values; a divisor of H.</param>
/// <param name="Window">How many places a place sees, itself included; null for all before it.</param>
/// <param name="Dropout">The fraction of weights that are dropped in training.</param>
/// <param name="Key">The randomness of this step and layer; null means evaluation.</param>
public sealed record CausalHeads(int Heads, int Groups, int? Window = null, double Dropout = 0, Key? Key = null)
{
    /// <summary>x (…, T, (H + 2G) D) → y (…, T, H D), as <see cref="Layers.CausalAttention"/> computes it.</summary>
    public Differentiable<Tensor, Tensor> Attend() => Layers.CausalAttention(Heads, Groups, Window, Dropout, Key);

    /// <summary>The weights by which each place takes the mean of values, none dropped: x (…, T, (H + 2G) D) → (…, H, T, T).</summary>
    /// <remarks>softmaxⱼ(qᵢ·kⱼ/√D) over the places j that i sees; for people who want to look at them, since attention itself never has all of them at once.</remarks>
    /// <exception cref="ShapeException">A row of x cannot be divided into H + 2G parts.</exception>
    public Tensor Weights(Tensor x)
    {
        var parts = Heads + 2 * Groups;
        if (x.Rank < 2 || x.Shape.Sizes[^1] == 0 || x.Shape.Sizes[^1] % parts != 0)
        {
            throw new ShapeException("attention weights", $"the input {x.Shape} holds no {Heads} queries, {Groups} keys and {Groups} values a place",
                $"Pass an input of shape [..., places, {parts} times the size of a head].");
        }

        var (places, size, batch) = (x.Shape.Sizes[^2], x.Shape.Sizes[^1] / parts, x.Shape.Sizes[..^2]);
        var rows = x.Reshape(x.Size / Math.Max(1, parts * size * places), places, parts, size).Transpose(1, 2);
        var queries = rows[.., ..Heads].Reshape(rows.Shape[0], Groups, Heads / Groups, places, size);
        var keys = rows[.., Heads..(Heads + Groups)].Reshape(rows.Shape[0], Groups, 1, places, size);
        var scores = Layers.ScaledSimilarity((queries, keys)).Value + Seen(places);
        return Layers.Softmax(scores).Value.Reshape(Shape.Create([.. batch, Heads, places, places]));
    }

    /// <summary>0 where place i sees place j, −∞ elsewhere.</summary>
    Tensor Seen(int places) => Tensor.Build((places, places), d =>
    {
        for (var i = 0; i < d.Length; i++)
            d[i] = i % places <= i / places && i / places - i % places < (Window ?? int.MaxValue) ? 0 : Real.NegativeInfinity;
    });
}
