namespace Functional.Llm;

/// <summary>Any parameter record as a tree whose leaves are tensors and whose nodes are records, immutable arrays and tuples.</summary>
/// <remarks>
/// Other fields (numbers, strings) are carried along. Inside gradients a null record, a default array and a default tensor are
/// symbolic zeros; inside parameters they mean "absent". Leaves come in the order of the constructors' parameters.
/// </remarks>
public static class Tree
{
    /// <summary>The tensors, in order.</summary>
    public static ImmutableArray<Tensor> Flatten<T>(T tree) => Flatten(tree, tree);

    /// <summary>The tensors of <paramref name="tree"/>, one for every tensor of <paramref name="like"/>: default where the tree has a symbolic zero.</summary>
    /// <exception cref="FunctionalLlmException">The tree has a tensor where <paramref name="like"/> has none.</exception>
    public static ImmutableArray<Tensor> Flatten<T>(T like, T tree) => [.. Walk(like, tree).Select(leaf => leaf.Value)];

    /// <summary>The tensors with the way to each, as in <c>Blocks[3].Mlp.Up.Weight</c>.</summary>
    public static ImmutableArray<Leaf> Leaves<T>(T tree) => [.. Walk(tree, tree)];

    /// <summary>The ways to the tensors.</summary>
    public static ImmutableArray<string> Paths<T>(T tree) => [.. Walk(tree, tree).Select(leaf => leaf.Path)];

    /// <summary>A tree like another with its tensors replaced, in order: Unflatten(p, Flatten(p)) = p.</summary>
    /// <exception cref="FunctionalLlmException">The number of leaves is another.</exception>
    public static T Unflatten<T>(T like, IReadOnlyList<Tensor> leaves)
    {
        var source = new LeafSource(leaves);
        var tree = Structure<T>.Instance.Unflatten(like, source);
        source.End();
        return tree;
    }

    /// <summary><paramref name="f"/> at every tensor.</summary>
    public static T Map<T>(T tree, Func<Tensor, Tensor> f) => Unflatten(tree, [.. Flatten(tree).Select(f)]);

    /// <summary><paramref name="f"/> at every tensor and the way to it.</summary>
    public static T Map<T>(T tree, Func<string, Tensor, Tensor> f) => Unflatten(tree, [.. Leaves(tree).Select(leaf => f(leaf.Path, leaf.Value))]);

    /// <summary><paramref name="f"/> at every tensor of the first tree and its counterpart in the second, default where that is a symbolic zero.</summary>
    /// <exception cref="FunctionalLlmException">The second has a tensor where the first has none.</exception>
    public static T Zip<T>(T first, T second, Func<Tensor, Tensor, Tensor> f) =>
        Unflatten(first, [.. Flatten(first).Zip(Flatten(first, second), f)]);

    /// <summary>a + b, tensor by tensor. Adding a symbolic zero returns the other itself.</summary>
    public static T Add<T>(T a, T b) => Structure<T>.Instance.Add(a, b);

    /// <summary>Zeros of the same shapes.</summary>
    public static T Zeros<T>(T like) => Map(like, leaf => Tensor.Zeros(leaf.Shape));

    /// <summary>Whether the tree as a whole is a symbolic zero.</summary>
    public static bool IsZero<T>(T tree) => Structure<T>.Instance.IsZero(tree);

    /// <summary>The number of tensor elements: how many parameters a model has.</summary>
    public static long Count<T>(T tree) => Flatten(tree).Sum(leaf => (long)leaf.Size);

    /// <summary>The Euclidean norm over all tensors, √Σ x²; each tensor's sum is added in double precision.</summary>
    public static double Norm<T>(T tree) => Math.Sqrt(Flatten(tree).Sum(leaf => Kernels.SumOfSquares(leaf.AsSpan())));

    /// <summary>Whether both trees have the same tensors at the same places, bit for bit.</summary>
    public static bool Equal<T>(T a, T b)
    {
        var (first, second) = (Leaves(a), Leaves(b));
        return first.Length == second.Length && Enumerable.Range(0, first.Length).All(i =>
            first[i].Path == second[i].Path && first[i].Value.SameBits(second[i].Value));
    }

    static List<Leaf> Walk<T>(T like, T tree)
    {
        var leaves = new List<Leaf>();
        Structure<T>.Instance.Flatten(like, tree, "", leaves);
        return leaves;
    }
}
