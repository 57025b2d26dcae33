namespace Functional.Llm;

/// <summary>Models of llama2.c's format, in one file: a header, and numbers in single precision.</summary>
static class Llama2cFile
{
    /// <summary>The model in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="compression">How matrices are to be compressed, each as it is read; null for not.</param>
    /// <exception cref="StorageException">There is none, or it is not to the letter of the format.</exception>
    public static Pretrained<LlamaParameters> Read(string path, Compression? compression = null)
    {
        using var file = ReadOnlyFile.Open(path, "model");
        var layout = Llama2cLayout.Of(file);
        return new(layout.Model, LlamaFile.Read(layout.Model, new Llama2cTensors(file, layout) { Compression = compression }));
    }

    /// <summary>Writes a model, in the first of the formats, which all readers know.</summary>
    /// <exception cref="StorageException">The format has no place for something of the model, or the file cannot be written.</exception>
    public static void Write(string path, Pretrained<LlamaParameters> llama)
    {
        var (model, parameters) = ((Llama)llama.Model, llama.Paired(RotaryPairs.Neighbours).Parameters);
        Expect("epsilon", model.Epsilon, model.Epsilon == 1e-5, "0.00001");
        Expect("rotary base", model.RotaryBase, model.RotaryBase == 10000, "10000");
        Expect("window", model.Window, model.Window is null, "none");
        Expect("scaling of rotary positions", model.Scaling, model.Scaling is null, "none");
        var turns = RotaryAngles.Of(model.Width / model.Heads, model.Context).UpTo(model.Context);
        var tensors = LlamaFile.Named(model, parameters).ToDictionary(tensor => tensor.Name, tensor => tensor.Value);
        tensors.Add(Llama2cLayout.Cosines, Tensor.Freeze(turns.Cosines.Length, turns.Cosines));
        tensors.Add(Llama2cLayout.Sines, Tensor.Freeze(turns.Sines.Length, turns.Sines));
        var layout = Llama2cLayout.Of(model);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(layout.Header());
            foreach (var (name, _, _) in layout.Tensors)
                Dtype.F32.Store(tensors[name], stream.Write);
        });

        void Expect(string name, object? value, bool holds, string expected)
        {
            if (!holds)
                throw new StorageException($"{path}: the model's {name} is {value}, for which llama2.c's format has no place; expected {expected}; write a folder");
        }
    }

    /// <summary>The tensors of a file whose length bears out its header.</summary>
    sealed class Llama2cTensors(ReadOnlyFile file, Llama2cLayout layout) : StoredTensors
    {
        readonly Dictionary<string, long> offsets = layout.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Offset);

        protected override void Fill(string name, long first, Span<Real> numbers) => Dtype.F32.Load(file, offsets[name] + first * Dtype.F32.Bytes, numbers, Dtype.F32.ToReal!);
    }
}
