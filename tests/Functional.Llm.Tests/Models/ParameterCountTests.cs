using Xunit;

namespace Functional.Llm.Tests.Models;

/// <summary>How many parameters the models have, exactly, as their authors say; no parameter is stored for it.</summary>
public sealed class ParameterCountTests
{
    static readonly (string Name, long Expected, long Count)[] Table =
    [
        ("GPT-2 124M, tied", 124_439_808, Gpt2.Small.Count),
        ("GPT-2 355M, tied", 354_823_168, Gpt2.Medium.Count),
        ("GPT-2 774M, tied", 774_030_080, Gpt2.Large.Count),
        ("GPT-2 1558M, tied", 1_557_611_200, Gpt2.ExtraLarge.Count),
        ("the book's 124M", 163_009_536, Gpt2.Small.AsInTheBook().Count),
        ("the book's 124M without its head", 124_412_160, (Gpt2.Small.AsInTheBook() with { Tied = true }).Count),
        ("the book's 355M", 406_212_608, Gpt2.Medium.AsInTheBook().Count),
        ("the book's 774M", 838_220_800, Gpt2.Large.AsInTheBook().Count),
        ("the book's 1558M", 1_637_792_000, Gpt2.ExtraLarge.AsInTheBook().Count),
        ("an attention layer of the book's 124M", 2_360_064, Tree.Count(Gpt2.Small.AsInTheBook().Shapes().Blocks[0].Attention)),
        ("a feed-forward network of the book's 124M", 4_722_432, Tree.Count(Gpt2.Small.AsInTheBook().Shapes().Blocks[11].FeedForward)),
        ("Llama 2 7B", 6_738_415_616, Llama.Llama2.Count),
        ("Llama 3 8B", 8_030_261_248, Llama.Llama3.Count),
        ("Llama 3.2 1B, tied", 1_235_814_400, Llama.Llama32.Count),
        ("stories260K, tied", 260_032, new Llama(512, 512, 64, 8, 4, 5, 172, Tied: true).Count),
    ];

    public static TheoryData<string> Names => [.. Table.Select(row => row.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_model_has_as_many_parameters_as_published(string name)
    {
        var (_, expected, count) = Table.Single(row => row.Name == name);
        Assert.Equal(expected, count);
    }

    [Fact]
    public void Counting_stores_no_parameters()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(8_030_261_248, Llama.Llama3.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    /// <summary>The shapes that are counted are those of the parameters that training starts from.</summary>
    [Fact]
    public void What_is_counted_is_what_a_start_draws()
    {
        AssertAlike(new Gpt2(11, 7, 8, 2, 3));
        AssertAlike(new Gpt2(11, 7, 8, 2, 3).AsInTheBook());
        AssertAlike(new Llama(11, 7, 8, 4, 2, 3, 5));
        AssertAlike(new Llama(11, 7, 8, 4, 1, 2, 5, Tied: true));

        static void AssertAlike<P>(LanguageModel<P> model)
        {
            foreach (var p in new[] { model.Start(new Key(1)), model.Start(TorchGenerator.Seeded(1)) })
            {
                Assert.Equal(model.Count, Tree.Leaves(p).Sum(leaf => (long)leaf.Value.Size));
                Assert.Equal(Tree.Leaves(model.Shapes()).Select(leaf => (leaf.Path, leaf.Value.Shape)), Tree.Leaves(p).Select(leaf => (leaf.Path, leaf.Value.Shape)));
            }
        }
    }
}
