namespace Functional.Llm.Tests.Examples;

/// <summary>The worked example of ten rows: three inputs, three targets, and a 3-4-3 network to start from.</summary>
public static class TenRows
{
    public static readonly Tensor Inputs = Tensor.From((10, 3), [1, 2, 6, 2, 3, 5, 3, 4, 8, 4, 5, 7, 5, 6, 9, 6, 7, 10, 7, 8, 11, 8, 9, 12, 9, 10, 13, 10, 11, 14]);

    public static readonly Tensor Targets = Tensor.From((10, 3), Enumerable.Range(1, 10).SelectMany(i => new double[] { i + 2, i + 4, i + 6 }));

    public static readonly LinearParameters Hidden =
        new(Tensor.From((4, 3), [0.2, -0.3, 0.6, -0.5, 0.7, -0.1, 0.8, -0.2, 0.9, 1, 0.4, -0.7]), Tensor.From([0.1, -0.2, 0.3, 0.5]));

    public static readonly LinearParameters Output =
        new(Tensor.From((3, 4), [0.7, -0.2, 0.1, 0.3, -0.3, 0.8, -0.4, 0.2, 0.5, -0.6, 0.9, -0.7]), Tensor.From([0.1, -0.2, 0.05]));
}
