// float: emulates PyTorch's float32
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>PyTorch's CPU generator as a pure value: every draw gives what PyTorch draws, and the generator from which it goes on.</summary>
/// <remarks>
/// It exists so that published examples with a seed can be computed again; <see cref="Key"/> is for everything else. Numbers are single precision
/// numbers in either build, rounded where PyTorch rounds. Linear layers, embeddings and dropout draw here as their PyTorch modules do.
/// </remarks>
public sealed partial class TorchGenerator
{
    readonly (uint[] Words, int Place, double? Spare) state;

    TorchGenerator(TorchStream stream) => state = stream.State;

    /// <summary>The generator after <c>torch.manual_seed(seed)</c>; the low 32 bits of the seed count.</summary>
    public static TorchGenerator Seeded(ulong seed) => new(TorchStream.Seeded((uint)seed));

    /// <summary>32 random bits.</summary>
    public (uint Value, TorchGenerator Next) Random32() => Draw(s => s.Bits32());

    /// <summary>64 random bits: two times 32, the high ones first.</summary>
    public (ulong Value, TorchGenerator Next) Random64() => Draw(s => s.Bits64());

    /// <summary>A whole number from 0 to 2⁶³ − 1, as <c>tensor.random_()</c> draws an int64.</summary>
    public (long Value, TorchGenerator Next) Int63() => Draw(s => s.Int63());

    /// <summary>Uniform numbers of 24 bits, as <c>torch.rand</c> and <c>tensor.uniform_(low, high)</c> draw them.</summary>
    /// <exception cref="FunctionalLlmException">An end is not finite, or high is below low.</exception>
    public (Tensor Value, TorchGenerator Next) Uniform(Shape shape, double low = 0, double high = 1)
    {
        DrawArguments.Range(low, high);
        return Draw(s => Uniform(s, shape, low, high));
    }

    /// <summary>Uniform numbers of 53 bits, as <c>torch.rand(n, dtype=torch.float64)</c> draws them.</summary>
    /// <exception cref="FunctionalLlmException">The count is negative.</exception>
    public (ImmutableArray<double> Value, TorchGenerator Next) UniformDouble(int count) => Draw(s =>
    {
        var numbers = new double[DrawArguments.Count("uniform", count)];
        for (var i = 0; i < count; i++)
            numbers[i] = s.Double();
        return ImmutableCollectionsMarshal.AsImmutableArray(numbers);
    });

    /// <summary>Numbers from N(mean, deviation²), as <c>torch.randn</c>, <c>tensor.normal_(mean, deviation)</c> and embeddings draw them.</summary>
    /// <remarks>Fewer than 16 are drawn two by two, and an odd one is kept for the next draw; 16 or more in blocks of 16.</remarks>
    /// <exception cref="FunctionalLlmException">The deviation is negative, or a number is not finite.</exception>
    public (Tensor Value, TorchGenerator Next) Normal(Shape shape, double mean = 0, double deviation = 1)
    {
        DrawArguments.Bell(mean, deviation);
        return Draw(s => Tensor.Build(shape, d =>
        {
            if (d.Length < 16)
            {
                foreach (ref var x in d)
                    x = (Real)(float)(s.Normal() * deviation + mean);
            }
            else
            {
                NormalBlocks(s, d, (float)mean, (float)deviation);
            }
        }));
    }

    /// <summary>All are filled with uniform numbers, and then turned into normal ones block by block; a rest is drawn anew as one more block, up to the end.</summary>
    static void NormalBlocks(TorchStream s, Span<Real> d, float mean, float deviation)
    {
        foreach (ref var x in d)
            x = s.Float();
        for (var i = 0; i + 16 <= d.Length; i += 16)
            NormalBlock(d.Slice(i, 16), mean, deviation);
        if (d.Length % 16 == 0)
            return;
        foreach (ref var x in d[^16..])
            x = s.Float();
        NormalBlock(d[^16..], mean, deviation);
    }

    static void NormalBlock(Span<Real> d, float mean, float deviation)
    {
        for (var i = 0; i < 8; i++)
        {
            var radius = float.Sqrt(-2 * SingleFunctions.Log(1 - (float)d[i]));
            var (cos, sin) = SingleFunctions.CosSin((float)(2 * Math.PI) * (float)d[i + 8]);
            d[i] = float.FusedMultiplyAdd(radius * cos, deviation, mean);
            d[i + 8] = float.FusedMultiplyAdd(radius * sin, deviation, mean);
        }
    }

    static Tensor Uniform(TorchStream s, Shape shape, double low, double high) => Tensor.Build(shape, d =>
    {
        var (from, to) = ((float)low, (float)high);
        foreach (ref var x in d)
            x = s.Float() * (to - from) + from;
    });

    /// <summary>What a stream from here gives, and the generator where it stopped.</summary>
    (T Value, TorchGenerator Next) Draw<T>(Func<TorchStream, T> draw)
    {
        var stream = new TorchStream(state);
        return (draw(stream), new(stream));
    }
}
