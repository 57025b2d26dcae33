using System.Text.Json;
using Xunit;

namespace Functional.Llm.Tests.Text;

/// <summary>The book's second chapter from text to batches: The Verdict, by GPT-2's tokenizer (Raschka 2024).</summary>
public sealed class VerdictTests
{
    static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];

    [ReferenceFact("text-data-ch02.json")]
    public void The_text_gives_the_published_ids_and_batches()
    {
        var gpt2 = TokenizerFile.Read(Data.Path("gpt2"));
        var text = File.ReadAllText(Data.Path("text/the-verdict.txt"));
        var published = Reference.Json("text-data-ch02.json");
        var bpe = published.GetProperty("bpe");
        var ids = gpt2.EncodeToIds(text);
        Assert.Equal(bpe.GetProperty("tokens").GetInt32(), ids.Length);
        Assert.Equal(Numbers(bpe.GetProperty("sampleFrom50").GetProperty("x")), ids[50..54].ToArray());
        Assert.Equal(Numbers(bpe.GetProperty("sampleFrom50").GetProperty("y")), ids[51..55].ToArray());
        var first = new Windows(new TokenArray(ids), 4, 4, 8).Epoch().First();
        Assert.Equal(bpe.GetProperty("batch8len4stride4").GetProperty("inputs").EnumerateArray().SelectMany(Numbers), first.Inputs.Ids.ToArray());
        Assert.Equal(bpe.GetProperty("batch8len4stride4").GetProperty("targets").EnumerateArray().SelectMany(Numbers), first.Targets.Ids.ToArray());

        var split = published.GetProperty("split");
        var cut = (int)(split.GetProperty("ratio").GetDouble() * text.Length);
        var (training, validation) = (gpt2.EncodeToIds(text[..cut]), gpt2.EncodeToIds(text[cut..]));
        Assert.Equal((split.GetProperty("trainTokens").GetInt32(), split.GetProperty("valTokens").GetInt32()), (training.Length, validation.Length));
        foreach (var (tokens, batches) in new[] { (training, "trainBatches2x256"), (validation, "valBatches2x256") })
            Assert.Equal(split.GetProperty(batches).GetInt64(), new Windows(new TokenArray(tokens), 256, 256, 2, dropLast: true).Batches);
    }

    [Fact]
    public void Windows_are_the_same_from_a_file_as_from_memory()
    {
        using var folder = new TemporaryFolder();
        int[] ids = [.. Enumerable.Range(0, 1000).Select(i => i * 7919 % 70_000)];
        TokenFile.Write(folder["tokens.bin"], 70_000, ids);
        using var file = TokenFile.Open(folder["tokens.bin"]);
        var (read, kept) = (new Windows(file, 16, 5, 4), new Windows(new TokenArray([.. ids]), 16, 5, 4));
        Assert.Equal(kept.Epoch(new Key(3)), read.Epoch(new Key(3)));
    }
}
