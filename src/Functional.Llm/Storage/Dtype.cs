using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Llm;

/// <summary>How a file stores a number, by the name that safetensors gives it.</summary>
public sealed class Dtype
{
    /// <summary>As many numbers are converted at a time: their bytes stay in the processor's cache.</summary>
    internal const int Block = 1 << 12;

    /// <summary>Turns stored numbers, little-endian, into as many of another kind.</summary>
    internal delegate void Decode<T>(ReadOnlySpan<byte> stored, Span<T> numbers);

    /// <summary>Turns numbers into as many stored ones, little-endian.</summary>
    internal delegate void Encode(ReadOnlySpan<Real> numbers, Span<byte> stored);

    /// <summary>Takes a block of stored numbers.</summary>
    internal delegate void Sink(ReadOnlySpan<byte> stored);

    Dtype(string name, int bytes) => (Name, Bytes) = (name, bytes);

    /// <summary>Double precision.</summary>
    public static Dtype F64 { get; } = Floating<double>(nameof(F64));

    /// <summary>Single precision.</summary>
    public static Dtype F32 { get; } = Floating<float>(nameof(F32));

    /// <summary>Half precision: 5 bits of exponent, 10 of fraction.</summary>
    public static Dtype F16 { get; } = Floating<Half>(nameof(F16));

    /// <summary>The upper half of single precision: 8 bits of exponent, 7 of fraction.</summary>
    public static Dtype BF16 { get; } = new(nameof(BF16), 2) { ToReal = BrainFloat.ToReal, FromReal = BrainFloat.FromReal };

    /// <summary>Whole numbers of 64 bits.</summary>
    public static Dtype I64 { get; } = Whole<long>(nameof(I64));

    /// <summary>Whole numbers of 32 bits.</summary>
    public static Dtype I32 { get; } = Whole<int>(nameof(I32));

    /// <summary>Bytes.</summary>
    public static Dtype U8 { get; } = Whole<byte>(nameof(U8));

    /// <summary>All that a file may have; those of the second line are told by name when they are asked for.</summary>
    static readonly ImmutableArray<Dtype> Known =
    [
        F64, F32, F16, BF16, I64, I32, U8,
        new("BOOL", 1), new("I8", 1), new("F8_E5M2", 1), new("F8_E4M3", 1), new("I16", 2), new("U16", 2), new("U32", 4), new("U64", 8),
    ];

    /// <summary>The one that keeps every bit of the library's numbers.</summary>
    public static Dtype Lossless => sizeof(Real) == sizeof(double) ? F64 : F32;

    /// <summary>The smallest one that keeps every bit of a tensor's.</summary>
    internal static Dtype LosslessOf(Tensor tensor) => tensor.Compression switch
    {
        Compression.BF16 => BF16,
        Compression.F16 => F16,
        _ => Lossless,
    };

    /// <summary>Its name in files.</summary>
    public string Name { get; }

    /// <summary>The bytes that a number takes.</summary>
    public int Bytes { get; }

    /// <summary>To the nearest number of the library's precision; null for a kind that is not read.</summary>
    internal Decode<Real>? ToReal { get; private init; }

    /// <summary>From the library's precision to the nearest, ties to even; null for a kind that is not written.</summary>
    internal Encode? FromReal { get; private init; }

    /// <summary>To whole numbers; null for a kind that has others.</summary>
    internal Decode<long>? ToWhole { get; private init; }

    /// <summary>Those whose numbers can be read, as a message lists them.</summary>
    internal static string Readable => string.Join(", ", Known.Where(known => known.ToReal is not null));

    /// <summary>The kind of a name; null where files have no such kind.</summary>
    internal static Dtype? Find(string name)
    {
        foreach (var known in Known)
        {
            if (known.Name == name)
                return known;
        }

        return null;
    }

    /// <summary>Fills memory with the numbers that a file stores from an offset on, block after block.</summary>
    internal void Load<T>(ReadOnlyFile file, long offset, Span<T> numbers, Decode<T> decode)
    {
        Span<byte> block = stackalloc byte[Block * Bytes];
        while (numbers.Length > 0)
        {
            var part = numbers[..Math.Min(numbers.Length, Block)];
            var stored = block[..(part.Length * Bytes)];
            file.Read(offset, stored);
            decode(stored, part);
            offset += stored.Length;
            numbers = numbers[part.Length..];
        }
    }

    /// <summary>Hands the numbers of a tensor, as this kind stores them, to <paramref name="sink"/>, block after block.</summary>
    internal void Store(Tensor tensor, Sink sink)
    {
        Span<byte> block = stackalloc byte[Block * Bytes];
        for (var numbers = tensor.AsSpan(); numbers.Length > 0;)
        {
            var part = numbers[..Math.Min(numbers.Length, Block)];
            var stored = block[..(part.Length * Bytes)];
            FromReal!(part, stored);
            sink(stored);
            numbers = numbers[part.Length..];
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    static Dtype Floating<S>(string name) where S : unmanaged, INumberBase<S> => new(name, Unsafe.SizeOf<S>())
    {
        ToReal = (stored, numbers) => TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, S>(stored), numbers),
        FromReal = (numbers, stored) => TensorPrimitives.ConvertTruncating(numbers, MemoryMarshal.Cast<byte, S>(stored)),
    };

    static Dtype Whole<S>(string name) where S : unmanaged, INumberBase<S> => new(name, Unsafe.SizeOf<S>())
    {
        ToReal = (stored, numbers) => TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, S>(stored), numbers),
        ToWhole = (stored, numbers) => TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, S>(stored), numbers),
    };
}
