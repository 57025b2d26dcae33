using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Functional.Llm.Tests.Training;

public class WindowsTests
{
    static TokenArray Counting(int count) => new([.. Enumerable.Range(0, count)]);

    static int[][] Rows(Tokens tokens) => [.. tokens.Ids.Chunk(tokens.Shape[-1])];

    [Property]
    public bool Every_window_is_there_once_with_its_targets_one_further(PositiveInt n, PositiveInt length, PositiveInt stride, PositiveInt size, bool dropLast, bool shuffled)
    {
        var (T, S, B) = (length.Get % 7 + 1, stride.Get % 9 + 1, size.Get % 5 + 1);
        var (N, starts) = (T + B * S + n.Get % 40, new List<int>());
        for (var start = 0; start + T < N; start += S)
            starts.Add(start);
        var windows = new Windows(Counting(N), T, S, B, dropLast);
        var batches = windows.Epoch(shuffled ? new Key(5) : null).ToArray();
        var inputs = batches.SelectMany(b => Rows(b.Inputs)).ToArray();
        var given = inputs.Select(row => row[0]).ToArray();
        return windows.Count == starts.Count && windows.Batches == batches.Length
            && batches.Length == (dropLast ? starts.Count / B : (starts.Count + B - 1) / B)
            && given.Length == (dropLast ? batches.Length * B : starts.Count)
            && (shuffled ? given.Distinct().Count() == given.Length && given.All(starts.Contains) : given.SequenceEqual(starts.Take(given.Length)))
            && inputs.All(row => row.SequenceEqual(Enumerable.Range(row[0], T)))
            && batches.All(b => b.Targets.Shape == b.Inputs.Shape && b.Targets.Ids.SequenceEqual(b.Inputs.Ids.Select(id => id + 1)));
    }

    [Property]
    public bool Cut_anywhere_the_same_batches_follow(PositiveInt cut, PositiveInt n, bool dropLast, bool random, bool ordered)
    {
        var windows = new Windows(Counting(20 + n.Get), 4, 3, 5, dropLast);
        IEnumerable<(Batch<Tokens, Tokens> Batch, Cursor Next)> From(Cursor cursor) => random ? windows.RandomFrom(cursor) : windows.From(cursor);
        var whole = From(Cursor.Start(ordered && !random ? null : new Key((ulong)n.Get))).Take(cut.Get + 12).ToArray();
        return From(whole[cut.Get - 1].Next).Take(12).SequenceEqual(whole[cut.Get..]);
    }

    [Fact]
    public void A_cursor_tells_epoch_and_position_and_the_order_is_a_function_of_key_and_epoch()
    {
        var windows = new Windows(Counting(41), 4, 4, 5);
        Assert.Equal((10, 2), (windows.Count, windows.Batches));
        Assert.Equal([(0, 1), (1, 0), (1, 1), (2, 0)], windows.From(Cursor.Start(new Key(1))).Take(4).Select(step => ((int)step.Next.Epoch, (int)step.Next.Position)));
        Tokens First(Key key, long epoch) => windows.From(new(epoch, 0, key)).First().Batch.Inputs;
        Assert.Equal(First(new Key(1), 3), windows.From(Cursor.Start(new Key(1))).ElementAt(6).Batch.Inputs);
        Assert.NotEqual(First(new Key(1), 3), First(new Key(1), 4));
        Assert.NotEqual(First(new Key(1), 3), First(new Key(2), 3));
        Assert.Equal(new Key(1).Fold(3).Permutation(10).Take(5).Select(i => 4 * i), Rows(First(new Key(1), 3)).Select(row => row[0]));
    }

    [Fact]
    public void Random_windows_begin_everywhere_equally_often_and_are_a_function_of_key_and_step()
    {
        var windows = new Windows(Counting(12), 4, 1, 50);
        var starts = windows.RandomFrom(Cursor.Start(new Key(1))).Take(160).SelectMany(step => Rows(step.Batch.Inputs).Select(row => row[0])).ToArray();
        Assert.All(Enumerable.Range(0, 8), start => Assert.InRange(starts.Count(s => s == start), 850, 1150));
        var few = new Windows(Counting(12), 4, 1, 3).RandomFrom(new(0, 7, new Key(1))).First().Batch;
        Assert.Equal(Rows(windows.RandomFrom(new(0, 7, new Key(1))).First().Batch.Inputs)[..3], Rows(few.Inputs));
        Assert.Equal(few.Inputs.Ids.Select(id => id + 1), few.Targets.Ids.AsEnumerable());
    }

    [Fact]
    public void Sources_larger_than_an_array_are_read_where_the_windows_are()
    {
        var windows = new Windows(new Endless(10_000_000_000), 3, 7, 2);
        Assert.Equal((10_000_000_000 - 4) / 7 + 1, windows.Count);
        Assert.Equal([Endless.At(6_999_999_993), Endless.At(6_999_999_994), Endless.At(6_999_999_995)], Rows(windows.From(new(0, 499_999_999, null)).First().Batch.Inputs)[1]);
        Assert.Contains("too many to shuffle", Assert.Throws<FunctionalLlmException>(() => new Windows(new Endless(10_000_000_000), 3, 1, 2).From(Cursor.Start(new Key(1)))).Message, StringComparison.Ordinal);
        Assert.Equal((2, 3), windows.RandomFrom(Cursor.Start(new Key(1))).First().Batch.Inputs.Shape);
    }

    [Theory]
    [InlineData(4, 4, 1, 1, false, "4 ids hold no window of 4 and the id that follows")]
    [InlineData(9, 4, 4, 3, true, "2 windows do not fill a batch of 3")]
    [InlineData(9, 0, 4, 3, true, "length 0")]
    [InlineData(9, 4, 0, 3, true, "stride 0")]
    [InlineData(9, 4, 4, 0, true, "0 in a batch")]
    public void What_gives_no_batch_is_refused(int count, int length, int stride, int batchSize, bool dropLast, string message) =>
        Assert.Contains(message, Assert.Throws<FunctionalLlmException>(() => new Windows(Counting(count), length, stride, batchSize, dropLast)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_cursor_of_other_windows_and_a_draw_without_a_key_are_refused()
    {
        var windows = new Windows(Counting(41), 4, 4, 5);
        Assert.Throws<FunctionalLlmException>(() => windows.From(new(0, 3, null)));
        Assert.Throws<FunctionalLlmException>(() => windows.From(new(-1, 0, null)));
        Assert.Throws<FunctionalLlmException>(() => windows.RandomFrom(Cursor.Start()));
        Assert.Contains("no window 10 of 10", Assert.Throws<FunctionalLlmException>(() => windows.Epoch([3, 10])).Message, StringComparison.Ordinal);
        Assert.Contains("no window -1", Assert.Throws<FunctionalLlmException>(() => windows.Epoch([-1])).Message, StringComparison.Ordinal);
    }

    [ReferenceFact("text-data-ch02.json")]
    public void The_published_batches_of_the_verdict()
    {
        var bpe = Reference.Json("text-data-ch02.json").GetProperty("bpe");
        int[][] Published(string name) => [.. bpe.GetProperty("batch8len4stride4").GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(e => e.GetInt32()).ToArray())];
        var (inputs, targets) = (Published("inputs"), Published("targets"));
        // The published rows lie side by side, so that they give the text's first 33 ids.
        var batch = new Windows(new TokenArray([.. inputs.SelectMany(row => row), targets[^1][^1]]), 4, 4, 8).Epoch().Single();
        Assert.Equal(inputs, Rows(batch.Inputs));
        Assert.Equal(targets, Rows(batch.Targets));
        var sample = bpe.GetProperty("sampleFrom50");
        int[] x = [.. sample.GetProperty("x").EnumerateArray().Select(e => e.GetInt32())], y = [.. sample.GetProperty("y").EnumerateArray().Select(e => e.GetInt32())];
        var one = new Windows(new TokenArray([.. x, y[^1]]), 4, 1, 1).Epoch().Single();
        Assert.Equal(x, Rows(one.Inputs)[0]);
        Assert.Equal(y, Rows(one.Targets)[0]);
    }

    [ReferenceFact("text-data-ch02.json")]
    public void The_published_numbers_of_batches()
    {
        var split = Reference.Json("text-data-ch02.json").GetProperty("split");
        long Batches(string tokens) => new Windows(Counting(split.GetProperty(tokens).GetInt32()), 256, 256, 2, dropLast: true).Batches;
        Assert.Equal((split.GetProperty("trainBatches2x256").GetInt64(), split.GetProperty("valBatches2x256").GetInt64()), (Batches("trainTokens"), Batches("valTokens")));
    }

    [Fact]
    public void PyTorchs_loader_gives_its_order()
    {
        var windows = new Windows(Counting(41), 4, 4, 3, dropLast: true);
        var (order, next) = TorchGenerator.Seeded(123).ShuffledEpoch((int)windows.Count);
        Assert.Equal(order.Take(9).Select(i => 4 * i), windows.Epoch(order).SelectMany(b => Rows(b.Inputs)).Select(row => row[0]));
        Assert.NotEqual(order, next.ShuffledEpoch((int)windows.Count).Value);
    }

    sealed class Endless(long count) : ITokenSource
    {
        public long Count => count;

        public static int At(long place) => (int)(place % 1_000_003);

        public void Read(long start, Span<int> destination)
        {
            for (var i = 0; i < destination.Length; i++)
                destination[i] = start + i < count ? At(start + i) : throw new ArgumentOutOfRangeException(nameof(start));
        }
    }
}
