namespace Functional.Llm;

/// <summary>The options of a script that turns a text into ids.</summary>
public abstract record TokenizerOptions : TextOptions
{
    const int LearntSize = 1024;

    /// <summary>A kind of tokenizer, or the file of one.</summary>
    [Help("word or char, of the text's own; bpe, learnt from this project's sources; gpt2; or a tokenizer's file", "NAME|FILE")]
    public string Tokenizer { get; init; } = "bpe";

    /// <summary>The tokenizer that <c>--tokenizer</c> names.</summary>
    /// <param name="text">The text whose words or characters are the vocabulary, if <c>--tokenizer</c> says so.</param>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>: byte pairs are learnt from its sources.</param>
    /// <exception cref="UsageException">There is no such tokenizer or file.</exception>
    /// <exception cref="FunctionalLlmException">The file is no tokenizer's, or GPT-2's vocabulary is missing and cannot be downloaded.</exception>
    public Tokenizer TokenizerFor(string text, string project) => Tokenizer switch
    {
        "word" => WordTokenizer.Of(text, special: true),
        "char" => text.Length > 0 ? CharTokenizer.Of(text) : throw new FunctionalLlmException("--tokenizer char: the text is empty; expected one with a character at least, of which the vocabulary is made"),
        "bpe" => BytePairTraining.Train(Corpus.Read(project), LearntSize, WordTokenizer.EndOfText),
        "gpt2" => TokenizerFile.Read(this.Locate(Datasets.Find("gpt2-vocabulary").OrFail(), DataFolder)[0]),
        _ when Path.Exists(Tokenizer) => TokenizerFile.Read(Tokenizer),
        _ => throw new UsageException($"--tokenizer: {Spelling.Quoted(Tokenizer)} is no tokenizer and no file; expected word, char, bpe, gpt2 or the path of a tokenizer's file"),
    };
}
