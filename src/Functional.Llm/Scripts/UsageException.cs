namespace Functional.Llm;

/// <summary>A script was called in a way that it does not understand: exit code 2, where a failure of the work is 1.</summary>
public sealed class UsageException : FunctionalLlmException
{
    /// <summary>Wrong usage without an explanation; prefer one with a message.</summary>
    public UsageException()
    {
    }

    /// <summary>Wrong usage that <paramref name="message"/> explains.</summary>
    public UsageException(string message) : base(message)
    {
    }

    /// <summary>Wrong usage that <paramref name="message"/> explains, caused by <paramref name="innerException"/>.</summary>
    public UsageException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
