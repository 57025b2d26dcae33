using System.Buffers.Binary;

namespace Functional.Llm;

/// <summary>How llama2.c's file lies: a header with seven whole numbers, then single-precision numbers, kind after kind, each for all layers (Karpathy 2023).</summary>
/// <remarks>
/// The first format has a header of 28 bytes, in which the size of a vocabulary with a head of its own is negative, and a table of rotary positions. Version 1
/// begins with <c>ak42</c>, has a header of 256 bytes and the normalisations first. In both epsilon is 1e-5, the rotary base 10,000, and pairs are neighbours.
/// </remarks>
/// <param name="Model">The model that the header describes.</param>
/// <param name="Tensors">Under Hugging Face's names, in the order of the file: where each begins and how many numbers it has.</param>
sealed record Llama2cLayout(Llama Model, IReadOnlyList<(string Name, long Offset, long Count)> Tensors)
{
    /// <summary>The table of rotary positions, which is written and never read.</summary>
    public const string Cosines = "freqs_cos", Sines = "freqs_sin";

    const int Magic = 0x616b3432, Sizes = 7 * sizeof(int), LongHeader = 256;

    /// <summary>More layers than any model has: a layer takes memory besides its numbers.</summary>
    const int MostLayers = 1024;

    /// <summary>The layout of a file, whose length bears out its header.</summary>
    /// <exception cref="StorageException">It is no such file, or has another length than its header says.</exception>
    public static Llama2cLayout Of(ReadOnlyFile file)
    {
        var header = new byte[Math.Min(file.Length, LongHeader)];
        file.Read(0, header);
        var isLong = header.Length >= Sizes && BinaryPrimitives.ReadInt32LittleEndian(header) == Magic;
        if (header.Length < (isLong ? LongHeader : Sizes))
            throw new StorageException($"{file.Path}: the file has {file.Length} bytes; expected llama2.c's header of {(isLong ? LongHeader : Sizes)}; get the file anew");
        if (isLong && BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(sizeof(int))) is var version and not 1)
            throw new StorageException($"{file.Path}: version {version} of llama2.c's format{(version == 2 ? ", whose numbers are quantised to 8 bits," : "")} is not read; expected the first, or version 1, in single precision; export the model so");
        var model = ModelOf(file.Path, header.AsSpan(isLong ? 2 * sizeof(int) : 0), isLong);
        Int128 expected = isLong ? LongHeader : Sizes;
        foreach (var (_, inLayers, count) in Kinds(model, isLong))
            expected += Dtype.F32.Bytes * count * (inLayers ? model.Depth : 1);
        return expected == file.Length ? Of(model, isLong)
            : throw new StorageException($"{file.Path}: the file has {file.Length:N0} bytes; expected {expected:N0}, as its header says {model.Depth:N0} layers of width {model.Width:N0} and {model.Vocabulary:N0} tokens; get the file anew");
    }

    /// <summary>The layout of a model that a file can hold: the first format, unless it is to be the longer one.</summary>
    public static Llama2cLayout Of(Llama model, bool isLong = false)
    {
        var tensors = new List<(string, long, long)>();
        var offset = (long)(isLong ? LongHeader : Sizes);
        foreach (var (kind, inLayers, count) in Kinds(model, isLong))
        {
            for (var i = 0; i < (inLayers ? model.Depth : 1); i++, offset += Dtype.F32.Bytes * (long)count)
                tensors.Add((inLayers ? $"model.layers.{i}.{kind}" : kind, offset, (long)count));
        }

        return new(model, tensors);
    }

    /// <summary>The first format's header.</summary>
    public byte[] Header()
    {
        var header = new byte[Sizes];
        int[] sizes = [Model.Width, Model.Hidden, Model.Depth, Model.Heads, Model.Groups, Model.Tied ? Model.Vocabulary : -Model.Vocabulary, Model.Context];
        foreach (var (i, size) in sizes.Index())
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(i * sizeof(int)), size);
        return header;
    }

    static Llama ModelOf(string path, ReadOnlySpan<byte> header, bool isLong)
    {
        Span<int> sizes = stackalloc int[Sizes / sizeof(int)];
        for (var i = 0; i < sizes.Length; i++)
            sizes[i] = BinaryPrimitives.ReadInt32LittleEndian(header[(i * sizeof(int))..]);
        var (width, hidden, depth, heads, groups, vocabulary, context) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]);
        foreach (var (name, size) in new[] { ("dim", width), ("hidden_dim", hidden), ("n_layers", depth), ("n_heads", heads), ("n_kv_heads", groups), ("seq_len", context) })
            Expect(name, size, size > 0, "at least 1");
        Expect("vocab_size", vocabulary, isLong ? vocabulary > 0 : vocabulary is not (0 or int.MinValue), isLong ? "at least 1" : "at least 1, or its negative where the head is not shared");
        Expect("n_layers", depth, depth <= MostLayers, $"at most {MostLayers:N0}");
        Expect("n_heads", heads, width % heads == 0 && width / heads % 2 == 0, $"a divisor of dim, {width}, that leaves heads of even size");
        Expect("n_kv_heads", groups, heads % groups == 0, $"a divisor of n_heads, {heads}");
        return new(Math.Abs(vocabulary), context, width, heads, groups, depth, hidden, Tied: isLong ? header[Sizes] != 0 : vocabulary > 0, Pairs: RotaryPairs.Neighbours);

        void Expect(string name, int size, bool holds, string expected)
        {
            if (!holds)
                throw new StorageException($"{path}: {name} is {size} in the header; expected {expected}; check that this is a model of llama2.c's format");
        }
    }

    /// <summary>The kinds of tensors in the order of the file, and how many numbers one of each has: of hostile sizes, more than 64 bits can count.</summary>
    static IEnumerable<(string Name, bool InLayers, Int128 Count)> Kinds(Llama model, bool isLong)
    {
        var (C, F, V, keys, turns) = ((Int128)model.Width, (Int128)model.Hidden, (Int128)model.Vocabulary, (Int128)(model.Width / model.Heads * model.Groups), (Int128)model.Context * (model.Width / model.Heads / 2));
        (string, bool, Int128) embedding = ("model.embed_tokens.weight", false, V * C), norm1 = ("input_layernorm.weight", true, C),
            norm2 = ("post_attention_layernorm.weight", true, C), norm = ("model.norm.weight", false, C);
        (string, bool, Int128)[] attention = [("self_attn.q_proj.weight", true, C * C), ("self_attn.k_proj.weight", true, keys * C), ("self_attn.v_proj.weight", true, keys * C), ("self_attn.o_proj.weight", true, C * C)],
            forward = [("mlp.gate_proj.weight", true, F * C), ("mlp.down_proj.weight", true, F * C), ("mlp.up_proj.weight", true, F * C)],
            head = model.Tied ? [] : [("lm_head.weight", false, V * C)];
        return isLong ? [norm1, norm2, norm, embedding, .. attention, .. forward, .. head]
            : [embedding, norm1, .. attention, norm2, .. forward, norm, (Cosines, false, turns), (Sines, false, turns), .. head];
    }
}
