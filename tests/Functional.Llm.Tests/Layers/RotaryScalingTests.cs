using Xunit;

namespace Functional.Llm.Tests.LayerTests;

/// <summary>Llama 3's scaled rotary positions: what its published formula gives in double precision, case by case.</summary>
public sealed class RotaryScalingTests
{
    static void Agrees(RotaryScaling scaling, int size, params (int Pair, double Frequency, double Scaled)[] expected)
    {
        var plain = RotaryAngles.Of(size, 100, 500_000);
        var scaled = plain.Scaled(scaling);
        Assert.Equal((plain.Places, plain.Pairs, plain.Frequencies.Length), (scaled.Places, scaled.Pairs, scaled.Frequencies.Length));
        foreach (var (pair, frequency, slower) in expected)
        {
            Assert.Equal(1, plain.Frequencies[pair] / frequency, 1e-14);
            Assert.Equal(1, scaled.Frequencies[pair] / slower, 1e-14);
        }
    }

    /// <summary>Llama 3.2 with 1.2 billion parameters: fast pairs stay, three pass over, slow ones are 32 times slower.</summary>
    [Fact]
    public void Heads_of_64_numbers_and_factor_32() => Agrees(Llama.Llama32.Scaling!, 64,
        (0, 1, 1), (1, 0.6636012376960885, 0.6636012376960885), (14, 0.0032114459947525913, 0.0032114459947525913),
        (15, 0.0021311195369119653, 0.001290547928209264), (16, 0.001414213562373095, 0.00042955679655936815), (17, 0.0009384738703573801, 9.70828780262767e-05),
        (18, 0.000622772421914596, 1.9461638184831125e-05), (31, 3.0138581521391708e-06, 9.418306725434909e-08));

    /// <summary>Llama 3.1 with 8 billion parameters.</summary>
    [Fact]
    public void Heads_of_128_numbers_and_factor_8() => Agrees(new(8, 1, 4, 8192), 128,
        (28, 0.0032114459947525913, 0.0032114459947525913), (29, 0.0026160992529250353, 0.002166570763503359), (30, 0.0021311195369119653, 0.0013718935677611381),
        (33, 0.0011520427402627808, 0.00031269375038406517), (35, 0.0007644969883171747, 9.556212353964683e-05), (36, 0.000622772421914596, 7.78465527393245e-05));

    [Fact]
    public void Without_scaling_angles_are_as_they_were() => Assert.Same(Angles, Angles.Scaled(null));

    static readonly RotaryAngles Angles = RotaryAngles.Of(8, 10);
}
