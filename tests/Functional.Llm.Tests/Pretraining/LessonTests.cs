using Xunit;

namespace Functional.Llm.Tests;

/// <summary>What a small model learns from a large one.</summary>
public sealed class LessonTests
{
    const int Vocabulary = 27;

    static readonly PretrainingSettings Settings = new(8, 1, 150, null, 5e-3, "cosine", 0.99, 1, 1, false);

    /// <summary>A text that a model with a memory of two letters can learn much of: words drawn from few.</summary>
    static TokenArray Text(ulong seed, int words)
    {
        string[] known = ["the ", "then ", "these ", "cat ", "catch ", "sat ", "sad ", "on ", "one ", "mat ", "matter "];
        return new([.. new Key(seed).Uniform(words).ToArray().SelectMany(u => known[(int)(u * known.Length)]).Select(c => c == ' ' ? 26 : c - 'a')]);
    }

    static PretrainingStep Last(LanguageModel model, ITokenSource text, Lesson? lesson = null, int steps = 150) =>
        Pretraining.Train(model, Settings with { Steps = steps }, text, lesson: lesson).Last();

    static double HeldOut(Pretrained model) => PretrainingText.Loss(model, Text(99, 800), 8, 200);

    [Fact]
    public void A_student_that_is_taught_beats_the_same_one_alone_on_text_that_none_has_seen()
    {
        var (large, small) = (new Gpt2(Vocabulary, 16, 48, 4, 2), new Gpt2(Vocabulary, 16, 32, 2, 1));
        var teacher = Last(large, Text(1, 4000), steps: 400).Snapshot();

        // Little text, of which the teacher has seen more.
        var text = Text(1, 60);
        var (alone, taught) = (HeldOut(Last(small, text).Snapshot()), HeldOut(Last(small, text, new(teacher)).Snapshot()));
        Assert.True(HeldOut(teacher) < taught, $"the teacher {HeldOut(teacher)}, taught {taught}");
        Assert.True(taught < alone - 0.02, $"taught {taught}, alone {alone}");
    }

    [Fact]
    public void Without_a_share_of_the_teacher_it_is_the_text_alone()
    {
        var small = new Gpt2(Vocabulary, 16, 8, 2, 1);
        var teacher = new Pretrained<Gpt2Parameters>(small, small.Start(new Key(5)));
        var (alone, taught) = (Last(small, Text(1, 60), steps: 5).Snapshot(), Last(small, Text(1, 60), new(teacher, 2, 0), 5).Snapshot());
        Assert.All(alone.Leaves().Zip(taught.Leaves()), pair => Assert.True(pair.Item1.Value.IsClose(pair.Item2.Value, 1e-5, 1e-6)));
    }

    [Fact]
    public void A_student_that_says_what_its_teacher_says_has_nothing_to_learn()
    {
        var z = new Key(1).Normal((3, 5));
        var (loss, pull) = Layers.Distillation(z, 3)(z);
        Assert.Equal(0, loss, 1e-6);
        Assert.True(pull(1).IsClose(Tensor.Zeros((3, 5)), 0, 1e-6));
        Assert.Throws<FunctionalLlmException>(() => Layers.Distillation(z, 0));
        Assert.Throws<ShapeException>(() => Layers.Distillation(z)(z[..2]));
    }

    [Fact]
    public void By_the_definition_of_the_divergence()
    {
        Tensor t = Tensor.Of((1, 2), 2, 0), z = Tensor.Of((1, 2), 0, 0);
        var p = 1 / (1 + Math.Exp(-1));
        Assert.Equal(4 * (p * Math.Log(p / 0.5) + (1 - p) * Math.Log((1 - p) / 0.5)), Layers.Distillation(t, 2)(z).Value, 1e-6);
    }
}
