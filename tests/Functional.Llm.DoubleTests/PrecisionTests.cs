using FsCheck;
using FsCheck.Xunit;

namespace Functional.Llm.Tests;

public sealed class PrecisionTests
{
    [Property]
    public bool Here_the_library_keeps_every_bit_of_a_double(NormalFloat x) => Tensor.Scalar(x.Get).Value.Equals(x.Get);
}
