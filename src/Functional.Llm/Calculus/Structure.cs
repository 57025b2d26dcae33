using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Functional.Llm;

/// <summary>How values of one type are taken apart into tensors and put together again; derived once per type.</summary>
abstract class Structure<T>
{
    /// <summary>The structure of T.</summary>
    public static Structure<T> Instance { get; } = Derive();

    /// <summary>Adds the leaves of <paramref name="value"/>, one for every tensor that <paramref name="like"/> has, to the sink.</summary>
    public abstract void Flatten(T like, T value, string path, List<Leaf> sink);

    /// <summary>A value like <paramref name="like"/> with the next leaves of the source.</summary>
    public abstract T Unflatten(T like, LeafSource source);

    /// <summary>a + b, tensor by tensor; a symbolic zero leaves the other as it is.</summary>
    public abstract T Add(T a, T b);

    /// <summary>Whether the value as a whole is a symbolic zero.</summary>
    public virtual bool IsZero(T value) => value is null;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Reached only by records that do not describe themselves (ITree), which scripts declare; scripts run untrimmed.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above; where code cannot be generated, the exception says what to do.")]
    static Structure<T> Derive() =>
        typeof(T) == typeof(Tensor) ? (Structure<T>)(object)new TensorStructure()
        : typeof(T) == typeof(Real) ? (Structure<T>)(object)new RealStructure()
        : typeof(ITree<T>).IsAssignableFrom(typeof(T)) ? new SelfDescribedStructure<T>()
        : RuntimeFeature.IsDynamicCodeSupported ? ReflectedStructure.Of<T>()
        : throw new FunctionalLlmException($"tree: {typeof(T).Name} cannot be taken apart without reflection. Let it implement ITree<{typeof(T).Name}>.");
}

/// <summary>A tensor of a parameter record with the way to it, as in <c>Blocks[3].Mlp.Up.Weight</c>.</summary>
public readonly record struct Leaf(string Path, Tensor Value);

/// <summary>Leaves to be handed out in order.</summary>
sealed class LeafSource(IReadOnlyList<Tensor> leaves)
{
    int next;

    public Tensor Next() => next < leaves.Count ? leaves[next++]
        : throw new FunctionalLlmException($"unflatten: the record has more tensors than the {leaves.Count} given. Pass one leaf a tensor, in the order of Flatten.");

    public void End()
    {
        if (next != leaves.Count)
            throw new FunctionalLlmException($"unflatten: {leaves.Count} leaves were given for a record of {next} tensors. Pass one leaf a tensor, in the order of Flatten.");
    }
}

sealed class TensorStructure : Structure<Tensor>
{
    public override void Flatten(Tensor like, Tensor value, string path, List<Leaf> sink)
    {
        if (!like.IsZero)
            sink.Add(new(path, value));
        else if (!value.IsZero)
            throw new FunctionalLlmException($"tree: there is a tensor of shape {value.Shape} at {path}, where the parameters have none. Give both trees the same parameters.");
    }

    public override Tensor Unflatten(Tensor like, LeafSource source) => like.IsZero ? like : source.Next();

    public override Tensor Add(Tensor a, Tensor b) => a + b;

    public override bool IsZero(Tensor value) => value.IsZero;
}

/// <summary>A number is no leaf: it is carried along; but cotangents that are numbers add.</summary>
sealed class RealStructure : Structure<Real>
{
    public override void Flatten(Real like, Real value, string path, List<Leaf> sink)
    {
    }

    public override Real Unflatten(Real like, LeafSource source) => like;

    public override Real Add(Real a, Real b) => a + b;
}

/// <summary>What holds no tensor (an int, a string) is carried along unchanged.</summary>
sealed class ConstantStructure<T> : Structure<T>
{
    public override void Flatten(T like, T value, string path, List<Leaf> sink)
    {
    }

    public override T Unflatten(T like, LeafSource source) => like;

    public override T Add(T a, T b) => a;
}

sealed class ArrayStructure<E> : Structure<ImmutableArray<E>>
{
    public override void Flatten(ImmutableArray<E> like, ImmutableArray<E> value, string path, List<Leaf> sink)
    {
        if (like.IsDefault)
            return;
        if (!value.IsDefault && value.Length != like.Length)
            throw new FunctionalLlmException($"tree: {path} has {value.Length} elements where the parameters have {like.Length}. Give both trees the same parameters.");
        for (var i = 0; i < like.Length; i++)
            Structure<E>.Instance.Flatten(like[i], value.IsDefault ? default! : value[i], $"{path}[{i}]", sink);
    }

    public override ImmutableArray<E> Unflatten(ImmutableArray<E> like, LeafSource source) =>
        like.IsDefault ? like : [.. like.Select(e => Structure<E>.Instance.Unflatten(e, source))];

    public override ImmutableArray<E> Add(ImmutableArray<E> a, ImmutableArray<E> b)
    {
        if (a.IsDefault || b.IsDefault)
            return a.IsDefault ? b : a;
        if (a.Length != b.Length)
            throw new FunctionalLlmException($"tree: arrays of {a.Length} and {b.Length} elements cannot be added. Give both trees the same parameters.");
        return [.. a.Select((e, i) => Structure<E>.Instance.Add(e, b[i]))];
    }

    public override bool IsZero(ImmutableArray<E> value) => value.IsDefault;
}
