using System.Runtime.InteropServices;
using Xunit;

namespace Functional.Llm.Tests.ModelTests;

/// <summary>llama2.c's files, beside what llama2.c makes of them.</summary>
public sealed class Llama2cFileTests : IDisposable
{
    const string Stories = "weights/stories260K.bin", Words = "weights/tok512.bin";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [DataFact(Stories, Words)]
    public void The_published_story_is_told_to_the_byte()
    {
        var expected = Reference.Json("llama2c-stories260K.json");
        var model = ModelFile.Read(Data.Path(Stories));
        Assert.Equal(new Llama(512, 512, 64, 8, 4, 5, 172, Tied: true, Pairs: RotaryPairs.Neighbours), Assert.IsType<Pretrained<LlamaParameters>>(model).Model);
        int[] ids = [1, .. model.Continue([1], Sampler.Temperature(0), new Key(0)).Take(expected.GetProperty("steps").GetInt32())];
        Assert.Equal(expected.GetProperty("idsComputed").EnumerateArray().Select(id => id.GetInt32()), ids);
        Assert.Equal(expected.GetProperty("expectedText").GetString(), TokenizerFile.Read(Data.Path(Words)).Decode(ids));
        var logits = model.Logits(Tokens.Of((1, 1), 1)).ToArray();
        Assert.All(expected.GetProperty("logitsAfterBosComputed").EnumerateArray(), (logit, id) => Assert.Equal(logit.GetDouble(), logits[id], 2e-5));

        ModelFile.Write(folder.Path, model);
        TokenizerFile.Read(Data.Path(Words)).Save(folder["tokenizer.json"]);
        Assert.Equal(ids[1..], ModelFile.Read(folder.Path).Continue([1], Sampler.Temperature(0), new Key(0)).Take(ids.Length - 1));
        Assert.Equal(expected.GetProperty("expectedText").GetString(), TokenizerFile.Read(folder.Path).Decode(ids));
    }

    [DataFact(Stories)]
    public void What_is_written_is_what_was_read_to_the_byte()
    {
        ModelFile.Write(folder["again.bin"], ModelFile.Read(Data.Path(Stories)));
        var (expected, written) = (File.ReadAllBytes(Data.Path(Stories)), File.ReadAllBytes(folder["again.bin"]));
        Assert.Equal(expected.Length, written.Length);
        // The end is a table that nobody reads: PyTorch made it in single precision, which at place 511 is coarser than this.
        var table = expected.Length - 2 * 512 * 4 * sizeof(float);
        Assert.True(expected.AsSpan(0, table).SequenceEqual(written.AsSpan(0, table)));
        var turns = MemoryMarshal.Cast<byte, float>(written.AsSpan(table)).ToArray();
        Assert.All(MemoryMarshal.Cast<byte, float>(expected.AsSpan(table)).ToArray(), (turn, i) => Assert.Equal(turn, turns[i], 3e-6));
    }

    public static TheoryData<int, bool> Formats => new() { { 0, true }, { 0, false }, { 1, true }, { 1, false } };

    [Theory, MemberData(nameof(Formats))]
    public void Both_formats_are_read_with_and_without_a_head(int version, bool tied)
    {
        var model = Llama2cBytes.Drawn(tied);
        var read = ModelFile.Read(folder.Write("model.bin", Llama2cBytes.Of(model, version)));
        Assert.Equal(model.Model, Assert.IsType<Pretrained<LlamaParameters>>(read).Model);
        Assert.Equal(model.Sha256, read.Sha256);
        ModelFile.Write(folder["again.bin"], read);
        Assert.Equal(Llama2cBytes.Of(model, version: 0), File.ReadAllBytes(folder["again.bin"]));
    }

    [Fact]
    public void Pairs_of_either_kind_go_through_either_format()
    {
        var ids = Tokens.Of((1, 5), 3, 1, 4, 1, 5);
        // Heads of six numbers: of four, each order is the other's inverse, and its own.
        var neighbours = Llama2cBytes.Drawn(Llama2cBytes.Small with { Width = 12 });
        var halves = neighbours.Paired(RotaryPairs.Halves);
        Assert.Equal(neighbours.Sha256, halves.Paired(RotaryPairs.Neighbours).Sha256);
        Assert.False(neighbours.Logits(ids).IsClose((halves with { Model = neighbours.Model }).Logits(ids), 1e-2, 1e-2));
        foreach (var model in new[] { neighbours, halves })
        {
            foreach (var path in new[] { folder["model.bin"], folder["model"] })
            {
                ModelFile.Write(path, model);
                var read = (Pretrained<LlamaParameters>)ModelFile.Read(path);
                Assert.Equal(path == folder["model"] ? RotaryPairs.Halves : RotaryPairs.Neighbours, ((Llama)read.Model).Pairs);
                Assert.Equal((path == folder["model"] ? halves : neighbours).Sha256, read.Sha256);
                Assert.True(model.Logits(ids).IsClose(read.Logits(ids), 1e-5, 1e-5));
            }
        }
    }

    [Fact]
    public void What_the_format_has_no_place_for_is_told()
    {
        var model = Llama2cBytes.Drawn(tied: true);
        foreach (var (expected, other) in new (string, Llama)[]
        {
            ("the model's epsilon is 1E-06, for which llama2.c's format has no place; expected 0.00001; write a folder", Llama2cBytes.Small with { Epsilon = 1e-6 }),
            ("the model's rotary base is 500000", Llama2cBytes.Small with { RotaryBase = 500000 }),
            ("the model's window is 3", Llama2cBytes.Small with { Window = 3 }),
            ("the model's scaling of rotary positions is RotaryScaling", Llama2cBytes.Small with { Scaling = new(8, 1, 4, 4) }),
        })
        {
            Assert.StartsWith($"{folder["a.bin"]}: {expected}", Assert.Throws<StorageException>(() => ModelFile.Write(folder["a.bin"], model with { Model = other })).Message, StringComparison.Ordinal);
        }

        var gpt2 = new Gpt2(5, 4, 6, 2, 1);
        Assert.Equal($"{folder["a.bin"]}: llama2.c's format has no place for this model; expected a Llama; write a folder",
            Assert.Throws<StorageException>(() => ModelFile.Write(folder["a.bin"], new Pretrained<Gpt2Parameters>(gpt2, gpt2.Start(new Key(0))))).Message);
        Assert.False(File.Exists(folder["a.bin"]));
    }
}
