namespace Functional.Llm;

/// <summary>The options of a script that turns a text into ids.</summary>
public abstract record TokenizerOptions : TextOptions
{
    const int LearntSize = 1024;

    /// <summary>A kind of tokenizer, or the file of one.</summary>
    [Help("word or char, of the text's own; bpe, learnt by a script from this project's sources, by a program from the text; gpt2; or a tokenizer's file", "NAME|FILE")]
    public string Tokenizer { get; init; } = "bpe";

    /// <summary>Whether the vocabulary is made of the text that is to become ids.</summary>
    internal bool LearnsVocabulary(string? project) => Tokenizer is "word" or "char" || (Tokenizer is "bpe" && project is null);

    /// <summary>The tokenizer that <c>--tokenizer</c> names.</summary>
    /// <param name="text">The text whose words, characters or byte pairs are the vocabulary, if <see cref="LearnsVocabulary"/>.</param>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>: byte pairs are learnt from its sources; null for a program, which has none.</param>
    /// <exception cref="UsageException">There is no such tokenizer or file.</exception>
    /// <exception cref="FunctionalLlmException">The file is no tokenizer's, or GPT-2's vocabulary is missing and cannot be downloaded.</exception>
    public Tokenizer TokenizerFor(string text, string? project) => Tokenizer switch
    {
        "word" => WordTokenizer.Of(text, special: true),
        "char" => CharTokenizer.Of(NotEmpty(text)),
        "bpe" => BytePairTraining.Train(project is null ? NotEmpty(text) : Corpus.Read(project), LearntSize, WordTokenizer.EndOfText),
        "gpt2" => TokenizerFile.Read(this.Locate(Datasets.Find("gpt2-vocabulary").OrFail(), DataFolder)[0]),
        _ when Path.Exists(Tokenizer) => TokenizerFile.Read(Tokenizer),
        _ => throw new UsageException($"--tokenizer: {Spelling.Quoted(Tokenizer)} is no tokenizer and no file; expected word, char, bpe, gpt2 or the path of a tokenizer's file"),
    };

    string NotEmpty(string text) => text.Length > 0 ? text
        : throw new FunctionalLlmException($"--tokenizer {Tokenizer}: the text is empty; expected one with a character at least, of which the vocabulary is made");
}
