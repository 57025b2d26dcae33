namespace Functional.Llm;

/// <summary>The header of a safetensors file, checked to the letter: every byte of the data belongs to exactly one tensor.</summary>
/// <param name="Metadata">What <c>__metadata__</c> says.</param>
/// <param name="Tensors">The tensors by name.</param>
sealed record SafetensorsHeader(ImmutableSortedDictionary<string, string> Metadata, IReadOnlyDictionary<string, SafetensorsEntry> Tensors)
{
    /// <summary>The key that names no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>More bytes than any header has, by the format.</summary>
    public const int Longest = 100_000_000;

    /// <summary>More axes than any tensor has.</summary>
    const int MostAxes = 64;

    /// <summary>Reads the header of a file whose data has this many bytes.</summary>
    /// <exception cref="StorageException">Something is not as the format says: which tensor, what, and what was expected.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> header, long data)
    {
        var json = new JsonTokens(path, header, depth: 3, "the header");
        if (!header.StartsWith("{"u8))
            throw json.Fault("the header does not begin with '{'", "a safetensors file");
        var tensors = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        ImmutableSortedDictionary<string, string>? metadata = null;
        json.Object("the header");
        while (json.NextKey())
        {
            if (json.Is("__metadata__"u8))
                metadata = metadata is null ? json.Texts(MetadataKey) : throw json.Fault($"{MetadataKey} is there twice", "it once");
            else if (json.Key() is var name && !tensors.TryAdd(name, Entry(ref json, name, data)))
                throw json.Fault($"{Of(name)} is there twice", "each name once");
        }

        json.End();
        Cover(json, [.. tensors.Values], data);
        return new(metadata ?? ImmutableSortedDictionary<string, string>.Empty, tensors);
    }

    static SafetensorsEntry Entry(ref JsonTokens json, string name, long data)
    {
        Dtype? dtype = null;
        Shape? shape = null;
        (long Begin, long End)? offsets = null;
        json.Object(new("the entry", name));
        while (json.NextKey())
        {
            if (dtype is null && json.Is("dtype"u8))
                dtype = DtypeOf(ref json, name);
            else if (shape is null && json.Is("shape"u8))
                shape = ShapeOf(ref json, name);
            else if (offsets is null && json.Is("data_offsets"u8))
                offsets = OffsetsOf(ref json, name, data);
            else
                throw json.Fault($"{Of(name)} has the key {Spelling.Quoted(json.Key())}", "dtype, shape and data_offsets, each once");
        }

        if (dtype is null || shape is not { } extents || offsets is not var (begin, end))
        {
            throw json.Fault($"{Of(name)} has no {(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")}",
                "dtype, shape and data_offsets");
        }

        var bytes = (long)extents.Size * dtype.Bytes;
        return end - begin == bytes ? new(name, dtype, extents, begin, end)
            : throw json.Fault($"{Of(name)} of shape {extents} and dtype {dtype} has {end - begin:N0} bytes, by its data_offsets",
                $"{bytes:N0}");
    }

    static Dtype DtypeOf(ref JsonTokens json, string name)
    {
        var text = json.Text(new("the dtype", name));
        return Dtype.Find(text) ?? throw json.Fault($"the dtype of {Of(name)} is {Spelling.Quoted(text)}", $"one of {Dtype.Readable}");
    }

    static Shape ShapeOf(ref JsonTokens json, string name)
    {
        Span<long> sizes = stackalloc long[MostAxes];
        sizes = sizes[..json.WholeNumbers(new("the shape", name), sizes)];
        Span<int> extents = stackalloc int[sizes.Length];
        var count = sizes.Contains(0) ? 0L : 1;
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] > int.MaxValue || (count *= sizes[axis]) > Array.MaxLength)
            {
                throw json.Fault($"{Of(name)} of shape [{string.Join(", ", sizes.ToArray())}] is too large",
                    $"at most {Array.MaxLength:N0} elements, as an array has");
            }

            extents[axis] = (int)sizes[axis];
        }

        return Shape.Create(extents);
    }

    static (long Begin, long End) OffsetsOf(ref JsonTokens json, string name, long data)
    {
        Span<long> offsets = stackalloc long[2];
        if (json.WholeNumbers(new("the data_offsets", name), offsets) < 2)
            throw json.Fault($"the data_offsets of {Of(name)} are fewer than 2", "where its bytes begin and end");
        return offsets[0] <= offsets[1] && offsets[1] <= data ? (offsets[0], offsets[1])
            : throw json.Fault($"the data_offsets of {Of(name)} are [{offsets[0]}, {offsets[1]}]",
                $"begin ≤ end ≤ {data}, as many bytes as follow the header");
    }

    /// <summary>Makes sure that the tensors follow one another from the first byte to the last.</summary>
    static void Cover(JsonTokens json, SafetensorsEntry[] tensors, long data)
    {
        Array.Sort(tensors, (a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var covered = 0L;
        foreach (var tensor in tensors)
        {
            if (tensor.Begin != covered)
            {
                throw json.Fault(tensor.Begin < covered
                    ? $"{Of(tensor.Name)} begins at byte {tensor.Begin:N0} of the data, inside of another that ends at {covered:N0}"
                    : $"bytes {covered:N0} to {tensor.Begin:N0} of the data, before {Of(tensor.Name)}, belong to no tensor",
                    "tensors without overlaps and gaps");
            }

            covered = tensor.End;
        }

        if (covered != data)
            throw json.Fault($"{data - covered:N0} bytes follow the last tensor", "none");
    }

    static string Of(string name) => $"tensor {Spelling.Quoted(name)}";
}
