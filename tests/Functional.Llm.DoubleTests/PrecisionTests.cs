using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests;

public sealed class PrecisionTests
{
    [Property]
    public bool Here_the_library_keeps_every_bit_of_a_double(NormalFloat x) => Tensor.Scalar(x.Get).Value.Equals(x.Get);

    [Fact]
    public void Here_what_comes_back_is_poisoned()
    {
        var poisoned = Enumerable.Range(0, 2000).Count(_ => double.IsNaN(Arrays.Uninitialized(60_000)[30_000]));
        Assert.InRange(poisoned, 100, 2000);
    }
}
