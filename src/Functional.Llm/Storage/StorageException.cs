namespace Functional.Llm;

/// <summary>A file that could not be read or written: the message names the file and says why.</summary>
public sealed class StorageException : FunctionalLlmException
{
    /// <summary>A failure without a message.</summary>
    public StorageException()
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains.</summary>
    public StorageException(string message) : base(message)
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains, caused by <paramref name="innerException"/>.</summary>
    public StorageException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
