// The documents of the Examples menu. The five on lessons are those of docs and tests, to the letter.

const lesson = `      stepTitle: "Python Variables"
      learningStyle: "mixed"
      lessonNumber: 1`;

const account = (operation, field) => `mutation ${operation}($email: String!, $password: String!) {
  auth {
    ${field}(input: {email: $email, password: $password}) {
      success
      message
      token
      user { id email role }
    }
  }
}
`;
const credentials = `{
  "email": "learner@example.org",
  "password": ""
}`;

export const EXAMPLES = [
  {
    name: "Get or generate a lesson",
    query: `query {
  lessons {
    getOrGenerateLesson(
${lesson}
    ) {
      success
      message
      lesson {
        id
        title
        content
        viewCount
        upvotes
        downvotes
      }
      wasCached
    }
  }
}
`,
  },
  {
    name: "A lesson by its id",
    query: `query {
  lessons {
    getLessonById(lessonId: 1) {
      id
      title
      content
    }
  }
}
`,
  },
  {
    name: "Versions of a lesson",
    query: `query {
  lessons {
    getLessonVersions(
${lesson}
    ) {
      id
      upvotes
      downvotes
    }
  }
}
`,
  },
  {
    name: "Vote on a lesson",
    query: `mutation {
  lessons {
    voteLesson(input: {
      lessonId: 1
      voteType: "upvote"
      comment: "Great explanation!"
    }) {
      success
      message
      lesson { id upvotes downvotes }
    }
  }
}
`,
  },
  {
    name: "Regenerate a lesson",
    query: `mutation {
  lessons {
    regenerateLesson(input: {
      lessonId: 1
      reason: "Needs more examples"
    }) {
      success
      oldLesson { id }
      newLesson { id }
    }
  }
}
`,
  },
  { name: "Sign up", query: account("SignUp", "signUp"), variables: credentials },
  { name: "Sign in", query: account("SignIn", "signIn"), variables: credentials },
];
