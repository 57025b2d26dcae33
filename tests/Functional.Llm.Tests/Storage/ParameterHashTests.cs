using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The hash of parameters is the one that any other tool computes from the same numbers.</summary>
public sealed class ParameterHashTests
{
    sealed record Model(Tensor Weight, ImmutableArray<Tensor> Blocks, Tensor Bias);

    static string Sum(params float[] numbers) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(numbers.AsSpan())));

    [Fact]
    public void It_is_over_the_numbers_in_the_order_of_their_paths()
    {
        Model model = new([1, 2], [Tensor.Of((2, 2), 3, 4, 5, 6).T, default, [7]], [(Real)0.1]);
        Assert.Equal(Sum(0.1f, 3, 5, 4, 6, 7, 1, 2), ParameterHash.Sha256(model));
        Assert.Equal("e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c", ParameterHash.Sha256(Tensor.Scalar(1)));
    }

    [Fact]
    public void Any_bit_of_any_number_counts()
    {
        var x = new Key(1).Normal(10_000);
        var sum = ParameterHash.Sha256(x);
        Assert.Equal(sum, ParameterHash.Sha256(Tensor.Create(x.ToArray())));
        foreach (var place in new[] { 0, 4_095, 4_096, 9_999 })
        {
            var changed = x.ToArray();
            changed[place] = (Real)float.BitIncrement((float)changed[place]);
            Assert.NotEqual(sum, ParameterHash.Sha256(Tensor.Create(changed)));
        }

        Assert.NotEqual(ParameterHash.Sha256(Tensor.Scalar(0)), ParameterHash.Sha256(Tensor.Scalar(-0.0)));
    }
}
