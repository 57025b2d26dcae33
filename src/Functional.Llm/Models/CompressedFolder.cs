using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Functional.Llm;

/// <summary>Models with matrices of 8 or 4 bits in a folder: config.json says so, and model.safetensors has the parameters under the ways to them.</summary>
/// <remarks>
/// Of a compressed matrix (rows, columns) the codes are bytes (rows, bytes a row), under its own name, and the scales BF16 (rows, groups), under its name
/// with <c>.scales</c> behind it. Other programs see a quantization that they do not know, and refuse it.
/// </remarks>
static class CompressedFolder
{
    /// <summary>What config.json has of it.</summary>
    public const string Part = "quantization_config";

    const string Method = "functional-llm";
    const string Pairs = "rotary_pairs";
    const string Scales = ".scales";

    public static JsonObject Config(Pretrained model) => ModelConfig.Object(
        ("quant_method", Method), ("group_size", CompressedNumbers.Group), (Pairs, model.Configuration is Llama llama ? llama.Pairs.ToString() : null),
        ("matrices", ModelConfig.Object([.. model.Leaves().Where(leaf => leaf.Value.Compression is not null).Select(leaf => (leaf.Path, (JsonNode?)leaf.Value.Compression.ToString()))])));

    /// <summary>The configuration with what only this part says of it.</summary>
    public static LanguageModel Model(ModelConfig part, LanguageModel model)
    {
        part.Expect("quant_method", part.Text("quant_method") == Method, $"{Method}, or a model of 16 or 32 bits");
        part.Expect("group_size", part.Count("group_size") == CompressedNumbers.Group, $"{CompressedNumbers.Group}");
        if (model is not Llama llama)
            return model;
        part.Expect(Pairs, Enum.TryParse<RotaryPairs>(part.Text(Pairs), out var pairs) && Enum.IsDefined(pairs), string.Join(" or ", Enum.GetNames<RotaryPairs>()));
        return llama with { Pairs = pairs };
    }

    public static IEnumerable<StoredTensor> Tensors(Pretrained model) => model.Leaves().SelectMany(leaf => Whole(leaf.Value).Stored is { } stored
        ? (IEnumerable<StoredTensor>)
        [
            new(leaf.Path, Dtype.U8, (stored.Rows, stored.Row.Bytes), sink => sink(stored.Codes(0, stored.Rows))),
            .. stored.Row.Scales == 0 ? Array.Empty<StoredTensor>()
                : [new(leaf.Path + Scales, Dtype.BF16, (stored.Rows, stored.Groups), sink => sink(MemoryMarshal.AsBytes(stored.Scales(0, stored.Rows))))],
        ]
        : [StoredTensor.Of(leaf.Path, leaf.Value, Dtype.LosslessOf(leaf.Value))]);

    /// <summary>A compressed tensor that is a view of others' rows, compressed by itself.</summary>
    static Tensor Whole(Tensor leaf) => leaf.Stored is not { } stored || leaf.Layout is { IsPacked: true, Offset: 0 } && leaf.Size == stored.Rows * stored.Columns ? leaf
        : leaf.Decompressed().Compressed(stored.Compression);

    public static Pretrained Read(string folder, LanguageModel model, SafetensorsFolder tensors)
    {
        var matrices = ModelConfig.Read(folder).Part(Part)!.Part("matrices") ?? throw new StorageException($"{folder}: config.json does not say which matrices are compressed; expected {Part}.matrices; get the file anew");
        if (model.Depth > tensors.Names.Count())
            throw new StorageException($"{folder}: there are {tensors.Names.Count():N0} tensors; expected more than one for each of {model.Depth:N0} blocks by config.json; get both files anew, as they belong together");
        try
        {
            // With the table the width is known to be the file's, before memory is taken for anything of that width.
            Checked($"{nameof(Gpt2Parameters.Embedding)}.{nameof(EmbeddingParameters.Token)}", (model.Vocabulary, model.Width));
            return model is Gpt2 gpt2 ? new Pretrained<Gpt2Parameters>(gpt2, Tree.Map(gpt2.Shapes(), Leaf))
                : new Pretrained<LlamaParameters>((Llama)model, Tree.Map(((Llama)model).Shapes(), Leaf));
        }
        catch (ShapeException e)
        {
            throw new StorageException($"{folder}: config.json asks for a matrix that cannot be: {e.Message} Get the file anew.", e);
        }

        Tensor Leaf(string path, Tensor like)
        {
            if (Checked(path, like.Shape) is not { } compression)
                return tensors.Read(path);
            var (rows, columns) = like.Shape.AsRows;
            var stored = CompressedNumbers.Uninitialized(compression, rows, columns);
            tensors.ReadBytes(path, stored.Codes(0, rows));
            if (stored.Row.Scales > 0)
                ReadScales(path + Scales, stored.Scales(0, rows), stored.Groups);
            return Tensor.Of(like.Shape, stored);
        }

        // None that is written here is infinite or NaN, and such a one would reach beyond its own row: kernels multiply what they read of the next by 0.
        void ReadScales(string name, Span<ushort> scales, int groups)
        {
            tensors.ReadBytes(name, MemoryMarshal.AsBytes(scales));
            for (var i = 0; i < scales.Length; i++)
            {
                if (!BFloat16.IsFinite(scales[i]))
                    throw new StorageException($"{tensors.PathOf(name)}: tensor {Spelling.Quoted(name)} has {BFloat16.Number(scales[i])} at [{i / groups}, {i % groups}]; expected finite scales; get the file anew");
            }
        }

        Compression? Checked(string path, Shape shape)
        {
            if (!matrices.Has(path))
            {
                Expect(path, shape, null);
                return null;
            }

            matrices.Expect(path, Enum.TryParse<Compression>(matrices.Text(path), out var compression) && Enum.IsDefined(compression), string.Join(" or ", Enum.GetNames<Compression>()));
            var ((rows, _), row) = (shape.AsRows, CompressedNumbers.RowOf(compression, shape.AsRows.Columns));
            Expect(path, (rows, row.Bytes), Dtype.U8);
            if (row.Scales > 0)
                Expect(path + Scales, (rows, row.Scales), Dtype.BF16);
            return compression;
        }

        void Expect(string name, Shape shape, Dtype? dtype)
        {
            var entry = tensors[name];
            if (entry.Shape != shape || dtype is not null && entry.Dtype != dtype)
                throw new StorageException($"{folder}: tensor {Spelling.Quoted(name)} is {entry.Dtype} {entry.Shape}; expected {dtype} {shape} by config.json; get both files anew, as they belong together");
        }
    }
}
