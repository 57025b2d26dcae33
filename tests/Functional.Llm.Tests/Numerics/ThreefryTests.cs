using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Numerics;

public sealed class ThreefryTests
{
    /// <summary>The three vectors that Random123, the generator's own library, publishes for threefry2x32 of 20 rounds: zeros, ones, digits of π.</summary>
    [Theory]
    [InlineData(0x00000000_00000000UL, 0x00000000_00000000UL, 0x99ba4efe_6b200159UL)]
    [InlineData(0xffffffff_ffffffffUL, 0xffffffff_ffffffffUL, 0xbb002be7_1cb996fcUL)]
    [InlineData(0x03707344_13198a2eUL, 0x85a308d3_243f6a88UL, 0x483df7a0_c4923a9cUL)]
    public void The_published_vectors_come_out(ulong key, ulong counter, ulong expected) =>
        Assert.Equal(expected, Threefry.Block(key, counter));

    [Property]
    public void Words_are_the_blocks_of_eight_counters_at_a_time(ulong key, uint far, byte groups)
    {
        var place = (ulong)far << 5;
        var words = new uint[16 * (groups % 5)];
        Threefry.Fill(key, place, words);
        for (var i = 0; i < words.Length; i++)
        {
            var block = Threefry.Block(key, (place >> 1) + (ulong)(i / 16 * 8 + i % 8));
            Assert.Equal((uint)(i % 16 < 8 ? block : block >> 32), words[i]);
        }
    }
}
