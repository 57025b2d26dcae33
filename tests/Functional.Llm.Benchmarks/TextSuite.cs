using System.Text;

namespace Functional.Llm.Benchmarks;

/// <summary>Tokenizing: GPT-2's vocabulary on 19.8 MB of novels, long pieces, and learning a vocabulary. It reads the data that FUNCTIONAL_LLM_DATA names.</summary>
static class TextSuite
{
    public static void Run(Report report)
    {
        var folders = DataFolders.Of(null);
        string Find(string name) => folders.Locate(Datasets.Find(name).OrFail(), (file, _) => throw new FunctionalLlmException(
            $"{file.Path}: the text suite needs the data set {name}. Set {DataFolders.Variable} to a folder that has it.")).OrFail()[0];
        var novels = File.ReadAllBytes(Find("novels"));
        var gpt2 = (BytePairTokenizer)TokenizerFile.Read(Find("gpt2-vocabulary"));
        Rate(report, "encode novels, GPT-2", novels.Length, () => gpt2.EncodeToIds(novels));
        var ids = gpt2.EncodeToIds(novels);
        Rate(report, "decode novels, GPT-2", novels.Length, () => gpt2.DecodeToBytes(ids));

        // Linear in length: the same speed, whatever the length of a piece.
        foreach (var count in new[] { 250_000, 1_000_000, 4_000_000 })
            Text(report, $"encode {count:N0} x 'x'", gpt2, new string('x', count));
        foreach (var count in new[] { 25_000, 100_000, 400_000 })
            Text(report, $"encode {count:N0} x emoji", gpt2, string.Concat(Enumerable.Repeat("😀", count)));
        if (!report.Wants("learn 8,192 tokens"))
            return;
        var seconds = Clock.Seconds(() =>
        {
            using var reader = new StreamReader(new MemoryStream(novels));
            _ = BytePairTokenizer.Of(BytePairTraining.Learn(reader).TakeWhile(merge => merge.Id < 8192));
        });
        report.Note("learn 8,192 tokens from novels", seconds, "s");
    }

    static void Text(Report report, string name, BytePairTokenizer tokenizer, string text) => Rate(report, name, Encoding.UTF8.GetByteCount(text), () => tokenizer.EncodeToIds(text));

    static void Rate(Report report, string name, int bytes, Action work)
    {
        if (!report.Wants(name))
            return;
        for (var i = 0; i < 3; i++)
            work();
        report.Note(name, bytes / Clock.Median(Enumerable.Range(0, 7).Select(_ => Clock.Seconds(work))) / 1e6, "MB/s");
    }
}
