namespace Functional.Llm.Tests.ModelTests;

/// <summary>A small model as llama2.c's export writes it, tensor by tensor.</summary>
static class Llama2cBytes
{
    public static Llama Small { get; } = new(7, 6, 8, 2, 1, 3, 5, Tied: true, Pairs: RotaryPairs.Neighbours);

    /// <summary>The small model with numbers that differ all over.</summary>
    public static Pretrained<LlamaParameters> Drawn(bool tied) => Drawn(Small with { Tied = tied });

    public static Pretrained<LlamaParameters> Drawn(Llama model) =>
        new(model, Tree.Map(model.Start(new Key(3)), (path, x) => new Key((ulong)path.Sum(c => c)).Fold(path.Length).Normal(x.Shape)));

    /// <summary>Its file: 0 is the first format, 1 the one that begins with ak42.</summary>
    public static byte[] Of(Pretrained<LlamaParameters> llama, int version)
    {
        var (model, p) = ((Llama)llama.Model, llama.Parameters);
        var (C, F, keys) = (model.Width, model.Hidden, model.Width / model.Heads * model.Groups);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        if (version > 0)
        {
            writer.Write("24ka"u8);
            writer.Write(version);
        }

        foreach (var size in new[] { C, F, model.Depth, model.Heads, model.Groups, version > 0 || model.Tied ? model.Vocabulary : -model.Vocabulary, model.Context })
            writer.Write(size);
        writer.Write(new byte[version > 0 ? 256 - stream.Length : 0]);
        if (version > 0)
        {
            stream.Position = 36;
            writer.Write(model.Tied);
            stream.Position = 256;
            Layers(b => b.Norm1.Gain);
            Layers(b => b.Norm2.Gain);
            Write(p.Norm.Gain);
        }

        Write(p.Embedding.Token);
        if (version == 0)
            Layers(b => b.Norm1.Gain);
        Layers(b => b.Attention.Input.Weight[..C]);
        Layers(b => b.Attention.Input.Weight[C..(C + keys)]);
        Layers(b => b.Attention.Input.Weight[(C + keys)..]);
        Layers(b => b.Attention.Output.Weight);
        if (version == 0)
            Layers(b => b.Norm2.Gain);
        Layers(b => b.FeedForward.Expand.Weight[..F]);
        Layers(b => b.FeedForward.Project.Weight);
        Layers(b => b.FeedForward.Expand.Weight[F..]);
        if (version == 0)
        {
            Write(p.Norm.Gain);
            foreach (var function in new Func<double, double>[] { Math.Cos, Math.Sin })
                Write(Tensor.From(Enumerable.Range(0, model.Context * 2).Select(i => function(i / 2 * Math.Pow(10000, -(i % 2) / 2.0)))));
        }

        if (!model.Tied)
            Write(p.Head!.Weight);
        return stream.ToArray();

        void Layers(Func<LlamaBlock, Tensor> part)
        {
            foreach (var block in p.Blocks)
                Write(part(block));
        }

        void Write(Tensor tensor)
        {
            foreach (var number in tensor)
                writer.Write((float)number);
        }
    }
}
