namespace Functional.Llm;

/// <summary>A text, an id or a vocabulary that a tokenizer cannot work with: the message says what, where, and how to mend it.</summary>
public sealed class TokenizerException : FunctionalLlmException
{
    /// <summary>A failure without a message.</summary>
    public TokenizerException()
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains.</summary>
    public TokenizerException(string message) : base(message)
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains, caused by <paramref name="innerException"/>.</summary>
    public TokenizerException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
