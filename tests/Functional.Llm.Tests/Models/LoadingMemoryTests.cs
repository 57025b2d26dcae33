using System.Text;
using Xunit;

namespace Functional.Llm.Tests.ModelTests;

/// <summary>A model is read tensor by tensor, straight to where it stays: what is allocated is the model, and little besides.</summary>
public sealed class LoadingMemoryTests : IDisposable
{
    const int Mebibyte = 1 << 20;

    // Sizes that no other test has: large arrays that were used once are used again, and would not be counted.
    static readonly Gpt2 Gpt = new(1003, 64, 472, 8, 4, Tied: false);
    static readonly Llama Rotary = new(1003, 64, 472, 4, 2, 4, 1429);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The promise is 1.15 times the model and 100 MB, for the process; reading itself needs far less.</summary>
    void IsReadInPlace(string path)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var model = ModelFile.Read(path);
        var (allocated, size) = (GC.GetAllocatedBytesForCurrentThread() - before, model.Count * sizeof(Real));
        Assert.InRange(size, 35 * Mebibyte, 60 * Mebibyte);
        Assert.InRange(allocated, 0, 1.02 * size + Mebibyte);
    }

    /// <summary>A file of zeros, which take no room on the disk, and no memory to write.</summary>
    void WriteZeros(IEnumerable<(string Name, Tensor Value)> tensors, Dtype dtype)
    {
        var (entries, offset) = (new List<string>(), 0L);
        foreach (var (name, value) in tensors)
            entries.Add($"\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":[{string.Join(',', value.Shape)}],\"data_offsets\":[{offset},{offset += (long)value.Size * dtype.Bytes}]}}");
        var header = Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}");
        using var file = File.Create(folder["model.safetensors"]);
        file.Write(BitConverter.GetBytes((long)header.Length));
        file.Write(header);
        file.SetLength(sizeof(long) + header.Length + offset);
    }

    [Fact]
    public void Gpt2_is_transposed_a_few_rows_at_a_time()
    {
        ModelConfig.Write(folder.Path, Gpt2File.Config(Gpt));
        WriteZeros(Gpt2File.Named(Gpt.Shapes()).Where(tensor => !tensor.Value.IsZero), Dtype.F32);
        IsReadInPlace(folder.Path);
    }

    [Theory, InlineData("F32"), InlineData("BF16")]
    public void Llama_is_read_in_place(string dtype)
    {
        var model = dtype == "F32" ? Rotary : Rotary with { Width = 464 };
        ModelConfig.Write(folder.Path, LlamaFile.Config(model));
        WriteZeros(LlamaFile.Named(model, model.Shapes()).Where(tensor => !tensor.Value.IsZero), Dtype.Find(dtype)!);
        IsReadInPlace(folder.Path);
    }

    [Fact]
    public void So_is_a_file_of_llama2c()
    {
        var layout = Llama2cLayout.Of(Rotary with { Width = 480 });
        using (var file = File.Create(folder["model.bin"]))
        {
            file.Write(layout.Header());
            file.SetLength(layout.Tensors[^1].Offset + layout.Tensors[^1].Count * sizeof(float));
        }

        IsReadInPlace(folder["model.bin"]);
    }
}
