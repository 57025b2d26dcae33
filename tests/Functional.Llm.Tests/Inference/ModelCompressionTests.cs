using Xunit;

namespace Functional.Llm.Tests.Inference;

/// <summary>The same model in less memory.</summary>
public sealed class ModelCompressionTests
{
    static readonly Gpt2 Gpt = new(96, 40, 64, 4, 2);
    static readonly Llama Rotary = new(96, 40, 64, 4, 2, 2, 96);

    public static TheoryData<Compression> All => [.. Enum.GetValues<Compression>()];

    static Pretrained[] Models => [new Pretrained<Gpt2Parameters>(Gpt, Gpt.Start(new Key(1))), new Pretrained<LlamaParameters>(Rotary, Rotary.Start(new Key(2)))];

    [Theory, MemberData(nameof(All))]
    public void Any_model_becomes_one_of_the_same_type_with_nearly_the_same_logits(Compression compression)
    {
        foreach (var model in Models)
        {
            var (small, ids) = (model.Compressed(compression), Tokens.Of((2, 12), [.. Enumerable.Range(3, 24)]));
            Assert.Equal(model.GetType(), small.GetType());
            var (expected, found) = (model.Logits(ids), small.Logits(ids));
            var error = Math.Sqrt((expected - found).Square().Mean().Value / expected.Square().Mean().Value);
            Assert.InRange(error, 1e-7, compression switch { Compression.F16 => 1e-3, Compression.BF16 => 1e-2, Compression.Int8 => 2e-2, _ => 0.2 });
            Assert.All(small.Leaves(), leaf => Assert.Equal(leaf.Value.Rank == 2 && !leaf.Path.EndsWith("Position", StringComparison.Ordinal) ? compression : null, leaf.Value.Compression));
            Assert.InRange((double)model.Bytes() / small.Bytes(), compression switch { Compression.Int8 => 3, Compression.Int4 => 4.5, _ => 1.9 }, 8);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void It_goes_on_with_a_text_as_its_own_numbers_would_written_out(Compression compression)
    {
        foreach (var model in Models)
        {
            var small = model.Compressed(compression);
            var plain = small.Map((_, leaf) => leaf.Decompressed());
            Assert.Equal(plain.Continue([1, 2, 3], Sampler.Temperature(0), default).Take(30), small.Continue([1, 2, 3], Sampler.Temperature(0), default).Take(30));
        }
    }

    [Fact]
    public void A_loss_over_compressed_parameters_has_their_numbers_gradient()
    {
        var (ids, targets) = (Tokens.Of((2, 5), [.. Enumerable.Range(0, 10)]), Tokens.Of((2, 5), [.. Enumerable.Range(1, 10)]));
        foreach (var model in Models)
        {
            var small = model.Compressed(Compression.Int8);
            var (first, second) = (small.LossAndGradientNorm(ids, targets), small.Map((_, leaf) => leaf.Decompressed()).LossAndGradientNorm(ids, targets));
            Assert.Equal(second.Loss, first.Loss, 1e-5);
            Assert.Equal(second.GradientNorm, first.GradientNorm, 1e-4 * second.GradientNorm);
        }
    }

    /// <summary>A model of 260,000 parameters and width 64, on which every bit counts; larger ones lose less.</summary>
    [DataFact("weights/stories260K.bin", "weights/tok512.bin", "text/tinystories-sample.txt")]
    public void A_trained_model_loses_little()
    {
        var (model, tokenizer) = (ModelFile.Read(Data.Path("weights/stories260K.bin")), TokenizerFile.Read(Data.Path("weights/tok512.bin")));
        var ids = tokenizer.BeginIds.AddRange(tokenizer.EncodeToIds(File.ReadAllText(Data.Path("text/tinystories-sample.txt"))[..20_000]));
        var loss = Evaluation.Of(model, tokenizer, ids).Loss;
        Assert.InRange(loss, 1.2, 1.7);
        foreach (var (compression, most) in new[] { (Compression.BF16, 0.001), (Compression.F16, 0.001), (Compression.Int8, 0.005), (Compression.Int4, 0.1) })
            Assert.InRange(Evaluation.Of(model.Compressed(compression), tokenizer, ids).Loss / loss - 1, -most, most);
        Assert.InRange(Evaluation.Of(model.Pruned(0.2), tokenizer, ids).Loss, loss + 0.02, loss + 0.5);
    }

    [Fact]
    public void Pruning_takes_the_smallest_of_each_matrix_and_no_more()
    {
        foreach (var model in Models)
        {
            var pruned = model.Pruned(0.3);
            foreach (var (before, after) in model.Leaves().Zip(pruned.Leaves()))
            {
                var (x, y) = (before.Value.ToArray(), after.Value.ToArray());
                var gone = Enumerable.Range(0, x.Length).Where(i => y[i] != x[i]).ToArray();
                Assert.Equal(before.Value.Rank == 2 && !before.Path.EndsWith("Position", StringComparison.Ordinal) ? Math.Round(0.3 * x.Length) : 0, gone.Length);
                Assert.All(gone, i => Assert.Equal(0, y[i]));
                if (gone.Length > 0)
                    Assert.True(gone.Max(i => Math.Abs(x[i])) <= Enumerable.Range(0, x.Length).Except(gone).Min(i => Math.Abs(x[i])));
            }
        }

        Assert.All(Models[0].Pruned(1).Leaves().Where(leaf => leaf.Path.EndsWith("Token", StringComparison.Ordinal)), leaf => Assert.Equal(0, leaf.Value.Square().Sum().Value));
        Assert.Contains("1.5", Assert.Throws<FunctionalLlmException>(() => Models[0].Pruned(1.5)).Message, StringComparison.Ordinal);
        Assert.Throws<FunctionalLlmException>(() => Models[0].Pruned(double.NaN));
    }
}
