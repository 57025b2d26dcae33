using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <content>Equality by content: two tensors are equal when their shapes and all their elements are.</content>
public readonly partial struct Tensor : IEquatable<Tensor>
{
    /// <summary>Whether shapes and elements are equal; NaN equals NaN, and −0 equals 0.</summary>
    public bool Equals(Tensor other)
    {
        if (IsZero || other.IsZero)
            return IsZero == other.IsZero;
        if (Shape != other.Shape)
            return false;
        var x = AsSpan();
        var y = other.AsSpan();
        for (var i = 0; i < x.Length; i++)
        {
            if (!x[i].Equals(y[i]))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (IsZero)
            return 0;
        var hash = new HashCode();
        hash.Add(Shape);
        foreach (var element in AsSpan())
            hash.Add(element);
        return hash.ToHashCode();
    }

    /// <summary>Whether shapes and elements are equal.</summary>
    public static bool operator ==(Tensor left, Tensor right) => left.Equals(right);

    /// <summary>Whether the shape or an element differs.</summary>
    public static bool operator !=(Tensor left, Tensor right) => !left.Equals(right);

    /// <summary>Whether shapes agree and, element by element, |x − y| ≤ absolute + relative · |y|; NaN is close to NaN.</summary>
    /// <remarks>As NumPy's <c>allclose(x, y, rtol, atol, equal_nan=True)</c>.</remarks>
    public bool IsClose(Tensor other, double relative = 1e-5, double absolute = 1e-8)
    {
        if (IsZero || other.IsZero || Shape != other.Shape)
            return IsZero && other.IsZero;
        var x = AsSpan();
        var y = other.AsSpan();
        for (var i = 0; i < x.Length; i++)
        {
            if (!x[i].Equals(y[i]) && !(Math.Abs((double)x[i] - y[i]) <= absolute + relative * Math.Abs((double)y[i]) && Real.IsFinite(y[i])))
                return false;
        }

        return true;
    }

    /// <summary>Whether shapes agree and every element has the same bits: NaN equals a NaN of the same bits, −0 differs from 0.</summary>
    internal bool SameBits(Tensor other) =>
        IsZero || other.IsZero ? IsZero == other.IsZero
        : Shape == other.Shape && MemoryMarshal.AsBytes(AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other.AsSpan()));
}
