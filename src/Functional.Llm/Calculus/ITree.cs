using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>A parameter record that names its own fields, so that no reflection is needed.</summary>
/// <remarks>
/// A record needs this only in a trimmed or ahead-of-time compiled program; any other is derived from its primary constructor.
/// <code>
/// record Affine(Tensor Weight, Tensor Bias) : ITree&lt;Affine&gt;
/// {
///     Affine ITree&lt;Affine&gt;.Rebuild(IFields&lt;Affine&gt; of) => new(of.Field(p => p.Weight), of.Field(p => p.Bias));
/// }
/// </code>
/// </remarks>
public interface ITree<T>
{
    /// <summary>This record made anew from what becomes of each of its fields, in the constructor's order.</summary>
    T Rebuild(IFields<T> of);
}

/// <summary>What becomes of the fields of a record as it is rebuilt.</summary>
public interface IFields<T>
{
    /// <summary>What becomes of a tensor, a record, a tuple or a constant.</summary>
    F Field<F>(Func<T, F> get, [CallerArgumentExpression(nameof(get))] string name = "");

    /// <summary>What becomes of an array of such.</summary>
    ImmutableArray<E> Array<E>(Func<T, ImmutableArray<E>> get, [CallerArgumentExpression(nameof(get))] string name = "");
}
