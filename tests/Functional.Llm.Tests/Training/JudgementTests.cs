using Xunit;

namespace Functional.Llm.Tests.Training;

/// <summary>From rows of a table to examples, and from predictions to how good they are.</summary>
public class JudgementTests
{
    static NumberTable Rows(string text) => Table.FromText(text, "t.csv").Bind(table => table.Numbers(table.Columns)).OrFail();

    [Fact]
    public void Columns_become_a_matrix_in_the_order_of_naming()
    {
        var rows = Rows("a,b,c\n1,2,3\n4,5,6\n");
        Assert.Equal(Tensor.From((2, 3), [1, 2, 3, 4, 5, 6]), rows.Matrix());
        Assert.Equal(Tensor.From((2, 2), [3, 1, 6, 4]), rows.Matrix("c", "a"));
    }

    [Theory]
    [InlineData("1e39")]
    [InlineData("-1e19")]
    public void A_number_too_large_for_single_precision_is_refused_at_its_place(string number) => Assert.StartsWith(
        $"t.csv:3:3: '{number}' in column 'b'; expected a number of at most 1e18",
        Assert.Throws<FunctionalLlmException>(() => Rows($"a,b\n1,2\n4,{number}\n").Matrix("b")).Message, StringComparison.Ordinal);

    [Fact]
    public void Examples_are_taken_together()
    {
        var taken = new Batch<Tensor, Tensor>(Tensor.From((3, 1), [1, 2, 3]), Tensor.From((3, 1), [4, 5, 6])).Take([2, 0]);
        Assert.Equal((Tensor.From((2, 1), [3, 1]), Tensor.From((2, 1), [6, 4])), (taken.Inputs, taken.Targets));
    }

    [Fact]
    public void Errors_are_means_over_all_elements()
    {
        var (y, t) = (Tensor.From((2, 2), [1, 2, 3, 4]), Tensor.From((2, 2), [1, 2, 3, 8]));
        Assert.Equal(2, Metrics.RootMeanSquaredError(y, t), 1e-6);
        Assert.Equal(1, Metrics.MeanAbsoluteError(y, t), 1e-6);
    }

    [Fact]
    public void A_confusion_counts_the_four_ways_to_call()
    {
        var calls = Confusion.Of(Tensor.From([0.0, 2, 3, -1, -2, -3]), Tensor.From([1.0, 1, 0, 1, 0, 0]));
        Assert.Equal(new Confusion(TruePositive: 2, FalsePositive: 1, FalseNegative: 1, TrueNegative: 2), calls);
        Assert.Equal(4 / 6.0, calls.Accuracy());
        Assert.Equal(double.NaN, new Confusion(0, 0, 0, 0).Accuracy());
    }

    [Fact]
    public void A_diagnosis_tells_an_overshoot_from_a_crawl()
    {
        var conditioning = Conditioning.Of(Tensor.From((2, 1), [900.0, 1700]));
        Assert.Contains("rose from 0.7000 to 900.00 and ended at 400.00", conditioning.Diagnosis("scores", 0.1, [0.7, 900, 400], 0.5), StringComparison.Ordinal);
        Assert.Contains("went from 0.7000 to 0.6900 in 2 updates, with 50 % right", conditioning.Diagnosis("scores", 1e-9, [0.7, 0.695, 0.69], 0.5), StringComparison.Ordinal);
    }
}
