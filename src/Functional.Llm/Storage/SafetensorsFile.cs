using System.Buffers.Binary;

namespace Functional.Llm;

/// <summary>Named tensors in a file of the safetensors format (Hugging Face 2022), read one at a time.</summary>
/// <remarks>
/// Eight bytes with the length of the header, the header as JSON, the numbers: the header is checked when the file is opened, before memory
/// is taken for any tensor. Reading takes at most 64 KB besides what it returns. Any number of threads may read at once.
/// </remarks>
public sealed partial class SafetensorsFile : IDisposable
{
    readonly ReadOnlyFile file;
    readonly SafetensorsHeader header;
    readonly long start;

    SafetensorsFile(ReadOnlyFile file)
    {
        this.file = file;
        var length = LengthOfHeader(file);
        start = sizeof(long) + length;
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        file.Read(sizeof(long), bytes);
        header = SafetensorsHeader.Parse(file.Path, bytes, file.Length - start);
    }

    /// <summary>The path as the user gave it.</summary>
    public string Path => file.Path;

    /// <summary>Texts that go with the tensors, as in <c>format: pt</c>.</summary>
    public ImmutableSortedDictionary<string, string> Metadata => header.Metadata;

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IEnumerable<SafetensorsEntry> Entries => header.Tensors.Values.OrderBy(tensor => (tensor.Begin, tensor.End));

    /// <summary>Opens a file, and checks that it is to the letter of the format.</summary>
    /// <exception cref="StorageException">There is no such file, or it is wrong: in which tensor, what, and what was expected.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = ReadOnlyFile.Open(path, "safetensors file");
        try
        {
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => header.Tensors.ContainsKey(name);

    /// <summary>What the file says of a tensor.</summary>
    /// <exception cref="StorageException">There is no such tensor.</exception>
    public SafetensorsEntry this[string name] =>
        header.Tensors.TryGetValue(name, out var entry) ? entry : throw Absent(Path, name, header.Tensors.Keys);

    /// <summary>A tensor, its numbers converted to the nearest of the library's precision; what is not finite stays so.</summary>
    /// <exception cref="StorageException">There is no such tensor, its kind of numbers is not read, or the file was cut.</exception>
    public Tensor Read(string name)
    {
        var entry = this[name];
        var decode = entry.Dtype.ToReal ?? throw Unreadable(entry, Dtype.Readable);
        return Tensor.Build(entry.Shape, numbers => entry.Dtype.Load(file, start + entry.Begin, numbers, decode));
    }

    /// <summary>Fills memory that is there already with a tensor's numbers, from one of them on in row-major order.</summary>
    /// <exception cref="StorageException">There is no such tensor, its kind of numbers is not read, or the file was cut.</exception>
    internal void Fill(string name, long first, Span<Real> numbers)
    {
        var entry = this[name];
        var decode = entry.Dtype.ToReal ?? throw Unreadable(entry, Dtype.Readable);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, entry.Shape.Size - numbers.Length);
        entry.Dtype.Load(file, start + entry.Begin + first * entry.Dtype.Bytes, numbers, decode);
    }

    /// <summary>A tensor's bytes, as they are.</summary>
    /// <exception cref="StorageException">There is no such tensor, it has not as many bytes, or the file was cut.</exception>
    internal void ReadBytes(string name, Span<byte> bytes)
    {
        var entry = this[name];
        if (entry.End - entry.Begin != bytes.Length)
            throw new StorageException($"{Path}: tensor {Spelling.Quoted(name)} has {entry.End - entry.Begin:N0} bytes; expected {bytes.Length:N0}; get the file anew");
        file.Read(start + entry.Begin, bytes);
    }

    /// <summary>A tensor of whole numbers.</summary>
    /// <exception cref="StorageException">There is no such tensor, it has other or larger numbers, or the file was cut.</exception>
    public Tokens ReadIntegers(string name)
    {
        var entry = this[name];
        var decode = entry.Dtype.ToWhole ?? throw Unreadable(entry, $"{Dtype.I64}, {Dtype.I32}, {Dtype.U8}");
        var integers = GC.AllocateUninitializedArray<int>(entry.Shape.Size);
        entry.Dtype.Load(file, start + entry.Begin, integers.AsSpan(), (stored, part) =>
        {
            Span<long> whole = stackalloc long[part.Length];
            decode(stored, whole);
            for (var i = 0; i < part.Length; i++)
            {
                part[i] = whole[i] is >= int.MinValue and <= int.MaxValue ? (int)whole[i]
                    : throw new StorageException($"{Path}: tensor {Spelling.Quoted(name)} has {whole[i]}; "
                        + $"expected {int.MinValue} to {int.MaxValue}; store smaller numbers");
            }
        });
        return Tokens.Freeze(entry.Shape, integers);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    internal static StorageException Absent(string path, string name, IEnumerable<string> others) =>
        new($"{path}: there is no tensor {Spelling.Quoted(name)}; "
            + (Spelling.Nearest(name, others) is { } nearest ? $"did you mean {Spelling.Quoted(nearest)}? " : "")
            + $"there are {others.Count():N0} others");

    StorageException Unreadable(SafetensorsEntry entry, string expected) =>
        new($"{Path}: tensor {Spelling.Quoted(entry.Name)} is of {entry.Dtype}, which is not read; expected {expected}; convert the file");

    static int LengthOfHeader(ReadOnlyFile file)
    {
        if (file.Length < sizeof(long))
            throw new StorageException($"{file.Path}: the file has {file.Length} bytes; expected a safetensors file of 8 or more");
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        file.Read(0, bytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var most = Math.Min(file.Length - sizeof(long), SafetensorsHeader.Longest);
        return length <= (ulong)most ? (int)length
            : throw new StorageException($"{file.Path}: the header is {length:N0} bytes long, by the first 8 bytes; "
                + $"expected at most {most:N0}, as the file has {file.Length:N0} bytes; get the file anew");
    }
}
