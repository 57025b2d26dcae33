namespace Functional.Llm;

/// <content>The matrix product.</content>
public readonly partial struct Tensor
{
    /// <summary>The matrix product over the last two axes, cᵢⱼ = Σₖ aᵢₖ bₖⱼ; the axes before them broadcast.</summary>
    /// <remarks>
    /// (…, M, K) × (…, K, N) → (…, M, N). A vector counts as a row on the left and as a column on the right, as in NumPy.
    /// Transposed views cost no copy on the right: <c>x.MatMul(w.T)</c> is the product of rows with rows.
    /// </remarks>
    /// <exception cref="ShapeException">Inner dimensions differ, batch dimensions do not broadcast, or an operand is a scalar.</exception>
    public Tensor MatMul(Tensor right) => IsZero || right.IsZero ? default : MatMul(right, default);

    /// <summary>The matrix product with one vector (N) added to every row, or none: added where the sums are made, it costs no pass of its own.</summary>
    internal Tensor MatMul(Tensor right, Tensor bias)
    {
        if (Rank == 0 || right.Rank == 0)
            throw new ShapeException("matmul", $"a scalar has no rows: left {Shape} × right {right.Shape}", "Multiply by a scalar with *.");
        var (a, b) = (Rank == 1 ? Unsqueeze(0) : this, right.Rank == 1 ? right.Unsqueeze(1) : right);
        var (rows, inner, columns) = (a.Shape.Sizes[^2], a.Shape.Sizes[^1], b.Shape.Sizes[^1]);
        if (b.Shape.Sizes[^2] != inner)
            throw new ShapeException("matmul", $"inner dimensions differ: left {Shape} × right {right.Shape}", InnerMend(right));
        if (b.Rank == 2 && a.Rank > 2)
            return a.AsMatrix().MatMul(b, bias).Reshape(Shape.Create(right.Rank == 1 ? Shape.Sizes.AsSpan()[..^1] : [.. Shape.Sizes[..^1], columns]));
        var product = a.Rank == 2 && b.Rank == 2 ? Kernels.MatMul(a, b, (rows, columns), bias) : MatMulBatches(a, b, bias);
        product = Rank == 1 ? product.Squeeze(-2) : product;
        return right.Rank == 1 ? product.Squeeze(-1) : product;
    }

    static Tensor MatMulBatches(Tensor a, Tensor b, Tensor bias)
    {
        (a, b) = (a.Decompressed(), b.Decompressed());
        var batch = Shape.Broadcast("matmul", a.Shape, b.Shape, inner: 2);
        var (rows, inner, columns) = (a.Shape.Sizes[^2], a.Shape.Sizes[^1], b.Shape.Sizes[^1]);
        return Kernels.MatMul(a.BroadcastTo([.. batch, rows, inner]), b.BroadcastTo([.. batch, inner, columns]), [.. batch, rows, columns], bias);
    }

    string InnerMend(Tensor right) =>
        right.Rank > 1 && right.Shape.Sizes[^1] == Shape.Sizes[^1] ? "Transpose the right operand with .T."
        : Rank > 1 && Shape.Sizes[^2] == right.Shape.Sizes[right.Rank == 1 ? 0 : right.Rank - 2] ? "Transpose the left operand with .T."
        : right.Rank == 1 ? $"Pass a right operand of shape [{Shape.Sizes[^1]}]."
        : $"Pass a right operand of shape [{string.Join(", ", right.Shape.Sizes.SetItem(right.Rank - 2, Shape.Sizes[^1]))}].";
}
