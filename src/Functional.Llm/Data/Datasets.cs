using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>The known data sets.</summary>
public static class Datasets
{
    const string GitHub = "https://raw.githubusercontent.com";
    const string Raschka = $"{GitHub}/rasbt/LLMs-from-scratch/main";
    const string Seaborn = $"{GitHub}/mwaskom/seaborn-data/master";
    const string R = "https://vincentarelbundock.github.io/Rdatasets/csv/datasets";
    const string Uci = "https://archive.ics.uci.edu/ml/machine-learning-databases";
    const string OpenAi = "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main";
    const string Stories = "https://huggingface.co/karpathy/tinyllamas/resolve/main/stories260K";

    /// <summary>All of them: texts, tables, examples for fine-tuning, vocabularies and weights.</summary>
    public static ImmutableArray<Dataset> All { get; } =
    [
        new("tinyshakespeare", "scenes by Shakespeare, 1,115,394 characters (Karpathy's char-rnn)", "public domain",
            File("text/tinyshakespeare.txt", 1_115_394, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
                $"{GitHub}/karpathy/char-rnn/master/data/tinyshakespeare/input.txt")),
        new("the-verdict", "a story by Edith Wharton, 1908 (Raschka's book)", "public domain",
            File("text/the-verdict.txt", 20_479, "b41e41a68f0398a3154ae69e2e4c0e2694e17fe0d66730536837f1b01935b31f",
                $"{Raschka}/ch02/01_main-chapter-code/the-verdict.txt")),
        new("names", "32,033 given names (Karpathy's makemore)", "MIT",
            File("text/names.txt", 228_145, "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
                $"{GitHub}/karpathy/makemore/master/names.txt")),
        new("wikitext-2", "WikiText-2, validation and test part, with <unk> for rare words (Merity et al. 2016)", "CC BY-SA 3.0",
            File("text/wikitext-2/valid.txt", 1_121_681, "f0737ed31fc1329026e95cb8b98e19c2a182c39c240ab909dc31abf2f8af58e8",
                $"{GitHub}/pytorch/examples/main/word_language_model/data/wikitext-2/valid.txt"),
            File("text/wikitext-2/test.txt", 1_256_449, "d790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0",
                $"{GitHub}/pytorch/examples/main/word_language_model/data/wikitext-2/test.txt")),
        new("novels", "26 English novels, 1838–1920", "public domain by age",
            File("text/novels.txt", 19_795_182, "3518c4cd780c28549f0e6d089983df88a2ed351277cab927fe195630807c2c05")),
        new("taylorswift", "an encyclopedia article, on which byte pairs are tried (Karpathy's minbpe)", "CC BY-SA",
            File("text/taylorswift.txt", 185_768, "c2e39cb822d4ae0caac22152cefc306d466e31217a9c5524e493ad2b76792f57",
                $"{GitHub}/karpathy/minbpe/master/tests/taylorswift.txt")),
        new("tinystories-sample", "the first 197 KB of TinyStories (Eldan and Li 2023)", "CDLA-Sharing-1.0",
            File("text/tinystories-sample.txt", 197_290, "727e8b228375be3075114c20729c93ed6e81ae5d8fe7faf7cb54b304f0322d70")),
        new("anscombe", "Anscombe's quartet, 1973", "facts",
            File("tabular/anscombe.csv", 556, "a0c1f636aa0347101de76271e7efe4c86a22ef28cda62886eaff23a1bf1924b1",
                $"{Seaborn}/anscombe.csv")),
        new("auto-mpg", "fuel consumption of 398 cars (UCI, Quinlan 1993)", "CC BY 4.0",
            File("tabular/auto-mpg.data", 30_286, "48b830e11feee5572525f8f1691ddb9d38d3d7b7063edcd8fca672c2a5e17d8d",
                $"{Uci}/auto-mpg/auto-mpg.data"),
            File("tabular/auto-mpg.names", 1_660, "f6ac336f3b11955d71adee2100faf30f8c1be20e6727476836d437d35804599c",
                $"{Uci}/auto-mpg/auto-mpg.names")),
        new("california-housing", "20,640 districts of the census of 1990, with ocean proximity (Géron's book)", "Apache-2.0 / public domain",
            File("tabular/california-housing.csv", 1_423_529, "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e",
                $"{GitHub}/ageron/handson-ml2/master/datasets/housing/housing.csv")),
        new("cars", "speed and stopping distance of fifty cars (Ezekiel 1930)", "facts",
            File("tabular/cars.csv", 454, "08e75516e5fd1377db316a3ed790545c942dcf905c69f49d0c6f16873a4a6242",
                $"{R}/cars.csv")),
        new("iris", "150 irises of three kinds (Fisher 1936)", "facts",
            File("tabular/iris.csv", 4_217, "398fadb8f48750d386d670e0b15c65944919682373bcaba59650c33eb5474362",
                $"{R}/iris.csv")),
        new("penguins", "344 penguins of three kinds (Palmer Station)", "CC0",
            File("tabular/penguins.csv", 13_478, "e07636bd8af74260099ea2f8678e2eabbf35def579940cc76f67061ee16c06c1",
                $"{Seaborn}/penguins.csv")),
        new("sms-spam", "5,574 short messages, spam or not; the zip at https://archive.ics.uci.edu/dataset/228 has it as SMSSpamCollection", "CC BY 4.0",
            File("finetune/SMSSpamCollection.tsv", 477_907, "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d")),
        new("instruction-data", "1,100 instructions with answers (Raschka's book)", "Apache-2.0",
            File("finetune/instruction-data.json", 203_524, "7e09a9af353722ca15c18bc580f093f9c39d3178335a75177319cb1e1d163944",
                $"{Raschka}/ch07/01_main-chapter-code/instruction-data.json")),
        new("instruction-preferences", "1,100 instructions, each with a preferred and a rejected answer (Raschka's book)", "Apache-2.0",
            File("finetune/instruction-data-with-preference.json", 386_968, "305315abf14f65fa42c01a0877572f832606571c2a7d49f152ac1d758b16756e",
                $"{Raschka}/ch07/04_preference-tuning-with-dpo/instruction-data-with-preference.json")),
        new("gpt2-vocabulary", "GPT-2's 50,257 tokens and 50,000 merges (OpenAI)", "modified MIT",
            File("gpt2/encoder.json", 1_042_301, "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
                $"{OpenAi}/encoder.json"),
            File("gpt2/vocab.bpe", 456_318, "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
                $"{OpenAi}/vocab.bpe")),
        new("word-analogies", "questions such as Athens to Greece as Baghdad to what (Mikolov's word2vec)", "Apache-2.0",
            File("embeddings/questions-words.txt", 603_955, "8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36",
                $"{GitHub}/tmikolov/word2vec/master/questions-words.txt")),
        new("stories260K", "a Llama of 260,000 parameters that tells stories, and its 512 tokens (Karpathy's llama2.c)", "MIT",
            File("weights/stories260K.bin", 1_056_540, "b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696",
                $"{Stories}/stories260K.bin"),
            File("weights/tok512.bin", 6_227, "037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312",
                $"{Stories}/tok512.bin")),
        new("llama2-tokenizer", "the 32,000 pieces of Llama 2's tokenizer, as llama2.c keeps them", "MIT repository",
            File("weights/llama2-tokenizer.bin", 433_869, "50a52ef822ee9e83de5ce9d0be0a025a773d019437f58b5ff9dcafb063ece361",
                $"{GitHub}/karpathy/llama2.c/master/tokenizer.bin")),
    ];

    /// <summary>The data set of a name, or an error that lists the known ones.</summary>
    public static Either<Error, Dataset> Find(string name) => Find(name, "known data set", All);

    /// <summary>The text of a name, or an error that lists the known texts.</summary>
    public static Either<Error, Dataset> FindText(string name) =>
        Find(name, All.Any(dataset => dataset.Name == name) ? "text" : "known data set", All.Where(dataset => dataset.IsText));

    static Either<Error, Dataset> Find(string name, string kind, IEnumerable<Dataset> among)
    {
        string[] names = [.. among.Select(dataset => dataset.Name)];
        return among.FirstOrDefault(dataset => dataset.Name == name) is { } found ? found : Error.New(
            $"{Spelling.Quoted(name)} is no {kind}; {(Spelling.Nearest(name, names) is { } nearest ? $"did you mean '{nearest}'? " : "")}"
            + $"expected one of {string.Join(", ", names)}");
    }

    static DatasetFile File(string path, long bytes, string sha256, string? address = null) =>
        new(path, address is null ? null : new Uri(address), bytes, sha256);
}
